"""The JSON API of referrals: list, read, refer, and say something."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, FromQuery
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.incidents.queries import read_incident
from safeguard.referrals.addresses import one_each
from safeguard.referrals.composing import Refer, compose, texts_of
from safeguard.referrals.conversing import write
from safeguard.referrals.looking import look_inside
from safeguard.referrals.naming import name_people
from safeguard.referrals.queries import Conversation, list_referrals, read_conversation
from safeguard.referrals.record import Referral, held
from safeguard.referrals.referring import refer
from safeguard.referrals.spotting import look_through, sure
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

REFER_EXAMPLE: Final[dict[str, Any]] = {
    "asked": ["mediation"],
    "question": "Please ask the platform to take the account down.",
    "urgency": "soon",
    "lawful_basis": "public_task",
    "condition": "safeguarding",
    "reason": "The account harms a member of staff, and the platform did not answer us.",
    "contact_name": "Sam Sample",
    "urls": ["https://social.example/account"],
}
MESSAGE_EXAMPLE: Final[dict[str, Any]] = {"words": "The account has posted again.", "urls": []}


class NewMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to say to the helpline."""

    words: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
    urls: Annotated[tuple[str, ...], msgspec.Meta(max_length=500)] = ()
    names_checked: bool = False


class ReferralPage(msgspec.Struct, frozen=True):
    """Some referrals, those with the latest news first, and the cursor of the page after them."""

    items: list[Referral]
    next: str | None


def _body(example: dict[str, Any]) -> BodyKwarg:
    return BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": example})


@get("/referrals", permission=Permission.REFERRAL_READ)
async def get_referrals(
    work: NamedDependency[Work], limit: FromQuery[str | None] = None, after: FromQuery[str | None] = None
) -> ReferralPage:
    """List referrals."""
    scope = scope_of("api referrals", {})
    start, count = read_cursor(after, scope), read_limit(limit)
    rows = await list_referrals(work, after=(start.at, start.id) if start else None, limit=count + 1)
    shown = cut(rows, count, lambda row: Key(row.last_activity_at, row.id), scope)
    return ReferralPage(list(shown.items), shown.next)


@get("/referrals/{referral_id:uuid}", permission=Permission.REFERRAL_READ)
async def get_referral(referral_id: FromPath[UUID], work: NamedDependency[Work]) -> Conversation:
    """One referral with everything that was said. Reading it is told to the log."""
    return await read_conversation(work, referral_id)


@post("/incidents/{incident_id:uuid}/referrals", permission=Permission.REFERRAL_MAKE, also=Permission.INCIDENT_READ)
async def create_referral(
    incident_id: FromPath[UUID], data: Annotated[Refer, _body(REFER_EXAMPLE)], work: NamedDependency[Work]
) -> Response[Referral]:
    """Refer an incident. Texts that may tell who somebody is are refused unless `names_checked` says they are meant.

    `files` names files of the incident that go with it, documents only, each `attested` by whoever has opened it; 409
    for an incident of a type that rules files out.
    """
    place, story = here(), await read_incident(work, incident_id)
    people = await name_people(work, story.present, place.today)
    composed = compose(data, story, people, place.organisation, place.profile)
    inside = await look_inside(work, data.files, composed.enclosed)
    found = sure(await look_through(work, texts_of(composed, inside), people, story.facts.accounts))
    if found and not data.names_checked:
        raise Invalid(*(FieldError(each.field, f"This may tell who somebody is: {each.words}") for each in found))
    referral = await refer(work, incident_id, composed, data.helpline, people, [file.id for file in data.files])
    return Response(referral, status_code=201, headers={"Location": f"/api/v1/referrals/{referral.id}"})


@post("/referrals/{referral_id:uuid}/messages", permission=Permission.REFERRAL_MAKE, also=Permission.INCIDENT_READ)
async def create_message(
    referral_id: FromPath[UUID], data: Annotated[NewMessage, _body(MESSAGE_EXAMPLE)], work: NamedDependency[Work]
) -> Response[Referral]:
    """Say something to the helpline."""
    if (urls := one_each(data.urls)) is None:
        raise Invalid(FieldError("urls", "One of these is not an address on the web."))
    work.require(Permission.REFERRAL_MAKE)
    referral = await held(work, referral_id)
    story = await read_incident(work, referral.incident_id)
    people = await name_people(work, story.present, here().today)
    found = sure(await look_through(work, {"words": data.words}, people, story.facts.accounts))
    if found and not data.names_checked:
        raise Invalid(*(FieldError(each.field, f"This may tell who somebody is: {each.words}") for each in found))
    return Response(await write(work, referral_id, data.words, urls), status_code=201)


API_ROUTES = [get_referrals, get_referral, create_referral, create_message]
