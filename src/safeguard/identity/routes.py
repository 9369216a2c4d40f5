"""Every page of this room, and the ways in that the web room shows when a session has ended, or needs a second step."""

from safeguard.identity import (
    account_routes,
    again_routes,
    approval_routes,
    entering_routes,
    factor_routes,
    matrix_routes,
    people_routes,
    removing_routes,
    replacing_routes,
    reset_routes,
    second_step_routes,
    succession_routes,
)
from safeguard.identity.entering_routes import sign_in_page
from safeguard.identity.second_step_routes import proof_page

__all__ = ["ROUTES", "proof_page", "sign_in_page"]

ROUTES = [
    *entering_routes.ROUTES,
    *second_step_routes.ROUTES,
    *account_routes.ROUTES,
    *factor_routes.ROUTES,
    *people_routes.ROUTES,
    *again_routes.ROUTES,
    *removing_routes.ROUTES,
    *succession_routes.ROUTES,
    *replacing_routes.ROUTES,
    *matrix_routes.ROUTES,
    *approval_routes.ROUTES,
    *reset_routes.ROUTES,
]
