"""All routes of this room."""

from safeguard.exports import list_routes, print_routes
from safeguard.exports.taking import routes as taking_routes

ROUTES = [*list_routes.ROUTES, *print_routes.ROUTES, *taking_routes.ROUTES]
