"""A form that saves itself is refused: its line says why, and whoever is writing goes on writing.

The line keeps the draft's id and version, so that the next key saves into the same draft. A form of before this
session, of the same person in the same organisation, is given a token of this session and saves again by itself: the
token is the only thing about it that has grown old. Anybody else's gets none: what another person typed is not theirs.
"""

from typing import Any, Final

from litestar import Request
from litestar.response import Response, Template

from safeguard.web import drafting, pages
from safeguard.web.exchange import Exchange
from safeguard.web.explaining import Refusal
from safeguard.web.fields import DRAFT_PLACE

LINE: Final = "drafts/_line.html"
ONLY_SAID: Final = {"HX-Retarget": "find .sg-draft__said", "HX-Reselect": ".sg-draft__said", "HX-Reswap": "outerHTML"}
"""What came is too long or too broken to tell its draft: the page knows it, and keeps what it has of it."""


def line(request: Request[Any, Any, Any], served: Exchange, refusal: Refusal) -> Response[Any] | Template:
    """The line beside the form, with the reason."""
    goes_on = refusal.code == "stale-form" and served.token is not None
    said = {
        "state": "renewed" if goes_on else "refused",
        "place": served.fields.get(DRAFT_PLACE),
        "saved_at": None,
        "why": refusal.detail,
    }
    headers = dict(refusal.headers)
    if drafting.mark_of(served.fields) is None:
        headers |= ONLY_SAID
    elif goes_on:
        headers["HX-Trigger-After-Settle"] = "again"
    return Template(
        LINE, context=pages.given(served) | said, status_code=refusal.status, media_type=pages.HTML, headers=headers
    )
