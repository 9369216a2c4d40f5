"""Every page of the desk."""

from safeguard.helpline import case_routes, ledger_routes, queue_routes, team_routes
from safeguard.helpline.importing.cases import CASES
from safeguard.helpline.web_form import routes as form_routes
from safeguard.intake.importing.routes import routes_of as imports_of

ROUTES = [
    *form_routes.ROUTES,
    *imports_of(CASES),
    *queue_routes.ROUTES,
    *case_routes.ROUTES,
    *ledger_routes.ROUTES,
    *team_routes.ROUTES,
]
