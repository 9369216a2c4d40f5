"""Every route of the service, and who may use it: the table that the tests hold against the running application.

A route that is not here fails `test_routes`, and so does one whose permission is another than here.
"""

from typing import Final

from safeguard.access.policy import Marker, Permission
from tests.web.permitted import (
    concerns,
    entering,
    evidence,
    helpline,
    incidents,
    insights,
    people,
    programs,
    public,
    records,
    settings,
    standards,
)

ROUTES: Final[dict[str, Permission | Marker]] = {
    **incidents.ROUTES,
    **concerns.ROUTES,
    **people.ROUTES,
    **records.ROUTES,
    **public.ROUTES,
    **entering.ROUTES,
    **settings.ROUTES,
    **evidence.ROUTES,
    **insights.ROUTES,
    **standards.ROUTES,
    **helpline.ROUTES,
    **programs.ROUTES,
}
