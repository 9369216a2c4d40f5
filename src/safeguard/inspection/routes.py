"""The pages of this room, for `app`."""

from safeguard.inspection import lead_routes, room_routes

ROUTES = [*lead_routes.ROUTES, *room_routes.ROUTES]
