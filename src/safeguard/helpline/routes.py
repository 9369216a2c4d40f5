"""Every page of the desk."""

from safeguard.helpline import case_routes, facts_routes, ledger_routes, pointing_routes, queue_routes, team_routes
from safeguard.helpline.alerts import routes as alert_routes
from safeguard.helpline.files import routes as file_routes
from safeguard.helpline.importing.cases import CASES
from safeguard.helpline.platforms import routes as platform_routes
from safeguard.helpline.report import annual_routes, figure_routes, public_routes
from safeguard.helpline.web_form import routes as form_routes
from safeguard.intake.importing.routes import routes_of as imports_of

ROUTES = [
    *form_routes.ROUTES,
    *imports_of(CASES),
    *queue_routes.ROUTES,
    *case_routes.ROUTES,
    *facts_routes.ROUTES,
    *file_routes.ROUTES,
    *pointing_routes.ROUTES,
    *ledger_routes.ROUTES,
    *platform_routes.ROUTES,
    *alert_routes.ROUTES,
    *figure_routes.ROUTES,
    *annual_routes.ROUTES,
    *public_routes.ROUTES,
    *team_routes.ROUTES,
]
