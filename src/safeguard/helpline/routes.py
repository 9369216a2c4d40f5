"""Every page of the desk."""

from safeguard.helpline import case_routes, ledger_routes, queue_routes, team_routes
from safeguard.helpline.importing import routes as import_routes
from safeguard.helpline.web_form import routes as form_routes

ROUTES = [
    *form_routes.ROUTES,
    *import_routes.ROUTES,
    *queue_routes.ROUTES,
    *case_routes.ROUTES,
    *ledger_routes.ROUTES,
    *team_routes.ROUTES,
]
