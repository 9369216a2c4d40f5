"""Every page of this room, and the way in that the web room shows when a session has ended."""

from safeguard.identity import account_routes, approval_routes, entering_routes, people_routes, reset_routes
from safeguard.identity.entering_routes import sign_in_page

__all__ = ["ROUTES", "sign_in_page"]

ROUTES = [
    *entering_routes.ROUTES,
    *account_routes.ROUTES,
    *people_routes.ROUTES,
    *approval_routes.ROUTES,
    *reset_routes.ROUTES,
]
