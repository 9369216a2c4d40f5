"""Asking by the web form: a visitor's words go into a post box, in a context that can read nothing of the desk.

The reference is made from the random bytes that name one rendering of the form, so sending it twice, or again because
the answer was lost, asks once and shows the same. A worker takes it from the box and opens the case.
"""

from datetime import UTC
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.channel.addresses import MOST, read_addresses
from safeguard.clock import REFERENCE_ALPHABET
from safeguard.errors import FieldError, Invalid, TooManyRequests
from safeguard.helpline.desk import load_desk
from safeguard.helpline.mail.addresses import is_mail_address
from safeguard.helpline.mail.desks import DeskDoor
from safeguard.web import keys
from safeguard.work import Work, begin

PURPOSE: Final = "public"
LETTERS: Final = 8
ONE_BROWSER: Final = 5
ALTOGETHER: Final = 120
"""Forms within an hour: what is beyond is refused with the telephone number, and keeps what was typed."""
COUNT: Final = "select * from public.count_desk_forms($1)"
ADD: Final = """
insert into public.helpline_forms (organisation_id, id, reference, visitor, told, sent_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5) on conflict do nothing
"""
MANY: Final = (
    f"These are more than {MOST} addresses. Leave up to {MOST} here, and send us the others when we answer you."
)
HELD: Final = 100_000
"""Bytes of JSON that a form may be, as the table says."""
LONG: Final = (
    "This is more text than one form holds. Leave the first addresses here, and send us the others when we answer you."
)
REACH: Final = "Give an email address or a telephone number, so that somebody can answer you."


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in."""

    summary: str
    name: str = ""
    organisation: str = ""
    email: str = ""
    telephone: str = ""
    caller: str = ""
    sector: str = ""
    at_risk: bool = False
    call_back: bool = False
    call_when: str = ""
    addresses: str = ""
    welsh: bool = False
    """Whether they read the form in Welsh."""
    trapped: bool = False
    """Whether a field was filled in that people do not see: a machine did it, or the browser that fills in forms. It is
    told to the desk and dropped by nobody, for whoever sees a reference waits for an answer."""


def visitor(organisation_id: UUID) -> Actor:
    """Whoever writes there."""
    return Actor(ActorKind.PUBLIC, organisation_id, None, frozenset())


def reference_of(nonce: bytes) -> str:
    """The reference that belongs to one rendering of the form."""
    number, letters = int.from_bytes(keys.current().tag("helpline form", nonce)), list[str]()
    for _ in range(LETTERS):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[place])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


async def ask(door: DeskDoor, asked: Asked, reference: str, mark: bytes, request_id: UUID) -> None:
    """Put it into the box; raises `Invalid`, and `TooManyRequests` for a flood."""
    if errors := _wrong(asked):
        raise Invalid(*errors)
    async with begin(visitor(door.organisation_id), purpose=PURPOSE, request_id=request_id) as work:
        await _refuse_flood(work, mark)
        form_id = clock.new_id()
        told = msgspec.json.encode(asked).decode()
        done = await work.driver.execute(ADD, form_id, reference, mark, told, work.now().astimezone(UTC))
        if done == "INSERT 0 1":
            work.record("desk_form.sent", form_id)
            work.ask("desk_form.take", form_id, key=f"desk form {reference}")


async def _refuse_flood(work: Work, mark: bytes) -> None:
    row = await work.driver.fetchrow(COUNT, mark)
    if row and (row["visitors"] >= ONE_BROWSER or row["everybodys"] >= ALTOGETHER):
        raise TooManyRequests


def _too_many(asked: Asked) -> str:
    if len(read_addresses(asked.addresses).addresses) > MOST:
        return MANY
    return LONG if len(msgspec.json.encode(asked)) > HELD else ""


def _wrong(asked: Asked) -> list[FieldError]:
    desk, errors = load_desk(), list[FieldError]()
    if not asked.summary:
        errors.append(FieldError("summary", "Say what it is about, even in one sentence."))
    if not asked.email and not asked.telephone:
        errors.append(FieldError("email", REACH))
    if asked.email and not is_mail_address(asked.email):
        errors.append(FieldError("email", "This is no email address. Look for a missing @ or a space."))
    if asked.call_back and not asked.telephone:
        errors.append(FieldError("telephone", "Give the number that we should ring."))
    if too_many := _too_many(asked):
        errors.append(FieldError("addresses", too_many))
    for name, said, known in (("caller", asked.caller, desk.callers), ("sector", asked.sector, desk.sectors)):
        if said and said not in known:
            errors.append(FieldError(name, "Choose one of the answers on the page."))
    return errors
