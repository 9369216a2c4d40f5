"""All routes of this room."""

from safeguard.exports import list_routes, print_routes

ROUTES = [*list_routes.ROUTES, *print_routes.ROUTES]
