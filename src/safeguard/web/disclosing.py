"""`security.txt` (RFC 9116): where somebody who found a hole says so. Only where the deployment names somebody."""

from datetime import timedelta
from typing import Final

from litestar import get
from litestar.response import Response

from safeguard import clock
from safeguard.access.policy import PUBLIC
from safeguard.errors import NotFound
from safeguard.web import surroundings

PATH: Final = "/.well-known/security.txt"
LASTS: Final = timedelta(days=180)
"""RFC 9116 §2.5.5: less than a year, so that a page left behind tells nobody a wrong address for long."""

_contact: str | None = None


def use(contact: str | None) -> None:
    """Name whom to tell, `mailto:` or `https:`; None names nobody."""
    global _contact  # noqa: PLW0603  one deployment per process
    _contact = contact


@get(PATH, permission=PUBLIC, include_in_schema=False)
async def show_contact() -> Response[str]:
    """Whom to tell; not there while nobody is named."""
    if _contact is None:
        raise NotFound
    until = (clock.now() + LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    here = f"{surroundings.current().public_url}{PATH}"
    lines = (f"Contact: {_contact}", f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en, cy",
             f"Canonical: {here}")  # fmt: skip
    return Response("\n".join(lines) + "\n", media_type="text/plain")


ROUTES = [show_contact]
