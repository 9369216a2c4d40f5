"""The JSON API of staff concerns: a program raises one, and reads how far those are that it raised itself.

No more than that. A token never reads the vault, whoever answers for it: what is in there is read by a person who is
named for it, on the pages, and nowhere else.
"""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.concerns.reading import Receipt, list_raised
from safeguard.errors import NotFound
from safeguard.work import Work

CONCERN_EXAMPLE: Final[dict[str, Any]] = {
    "subject_name": "Morgan Hale",
    "subject_work": "Coach of the under-twelves",
    "narrative": "Sends messages to one member from a private account, late in the evening.",
    "happened_words": "twice last week",
    "immediate_action": "Told nobody but you.",
    "child_at_risk": False,
}


class ToldConcern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody noticed in how an adult behaves who works here."""

    subject_name: str
    """Whom it is about; what they do here, when nobody knows their name."""
    subject_work: str = ""
    narrative: str
    happened_words: str = ""
    immediate_action: str = ""
    child_at_risk: bool | None = None


class Receipts(msgspec.Struct, frozen=True):
    """Up to fifty receipts, the newest first."""

    items: list[Receipt]


@post("/concerns", permission=Permission.CONCERN_RAISE)
async def create_concern(
    data: Annotated[
        ToldConcern, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": CONCERN_EXAMPLE})
    ],
    work: NamedDependency[Work],
) -> Response[Receipt]:
    """Raise a concern about an adult who works here. It goes to the head and whom the head named, and cannot be read
    back: the answer is a receipt."""
    facts = await raise_concern(work, NewConcern(**msgspec.structs.asdict(data)))
    receipt = await _find(work, facts.reference) or _unseen(facts.reference, facts.raised_at)
    return Response(receipt, status_code=201, headers={"Location": f"/api/v1/concerns/{facts.reference}"})


@get("/concerns", permission=Permission.CONCERN_RAISE)
async def get_concerns(work: NamedDependency[Work]) -> Receipts:
    """What this token raised, and whether it was received."""
    return Receipts(list(await list_raised(work)))


@get("/concerns/{reference:str}", permission=Permission.CONCERN_RAISE)
async def get_concern(reference: FromPath[str], work: NamedDependency[Work]) -> Receipt:
    """One of those."""
    found = await _find(work, reference)
    if found is None:
        raise NotFound
    return found


async def _find(work: Work, reference: str) -> Receipt | None:
    return next((one for one in await list_raised(work) if one.reference == reference), None)


def _unseen(reference: str, raised_at: datetime) -> Receipt:
    """About whoever answers for the token: what is in the vault about oneself is not there, and the answer is usual."""
    return Receipt(reference, raised_at, None, has_handler=True)


API_ROUTES = [create_concern, get_concerns, get_concern]
