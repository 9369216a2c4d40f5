"""Every page of the desk."""

from safeguard.helpline import case_routes, ledger_routes, queue_routes, team_routes

ROUTES = [*queue_routes.ROUTES, *case_routes.ROUTES, *ledger_routes.ROUTES, *team_routes.ROUTES]
