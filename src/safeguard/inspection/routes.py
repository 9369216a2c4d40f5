"""The pages of this room, for `app`."""

from safeguard.inspection import here_routes, lead_routes, room_routes

ROUTES = [*lead_routes.ROUTES, *here_routes.ROUTES, *room_routes.ROUTES]
