"""All routes of this room."""

from safeguard.exports import list_routes

ROUTES = [*list_routes.ROUTES]
