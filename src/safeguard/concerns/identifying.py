"""Whom a concern is about, said when it becomes known, and keeping somebody from it by hand.

A child may write "the PE teacher", or a name that nobody has; whom it means is learnt later. From then on it is kept
from them, by the same comparison as when it was raised: whoever says so changes the row, and the database shuts them
out in that statement. Who reads it meanwhile may be the one: whoever names themselves loses sight of it too.
"""

from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.concerns.handling import Said, locked, received, required, save, write
from safeguard.concerns.record import Facts
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.hiding.alone import heed_concern
from safeguard.incidents.reports import NAME_LIMIT, tidy
from safeguard.work import Work

MEMBER: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1 and m.kind = 'person'
"""
KEEP_OUT: Final = """
insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
values ((select sec.current_organisation()), $1, $2, $3, 'chosen', $4) on conflict do nothing
"""
HEARD: Final = "notice.concern.raised"
"""Whoever reads the vault is told once of each concern; where nobody is left who may, the person outside is asked."""
NOT_HERE: Final = "Choose somebody who belongs to this organisation."


async def identify(
    work: Work,
    concern_id: UUID,
    version: int,
    name: str,
    does: str,
    user_id: UUID | None,
    reason: str,
    *,
    no_account: bool = False,
) -> Facts:
    """Say whom it is about, also by their account; raises `Invalid`, `NotFound`, `Stale`, and `Conflict` for no change.

    Without an account the one that was chosen before stays, unless it is said that they have none: then whoever was
    chosen by a slip is kept from it as a namesake is, and two let them in again. Also of a closed one: it is read too.
    """
    name, does = tidy(name), tidy(does)
    reason = required(reason, "reason", "Say how you know whom it is about.")
    if errors := [*_wrong(name, does)]:
        raise Invalid(*errors)
    record = await locked(work, concern_id, version)
    before = record.facts
    account = None if no_account else user_id or before.subject_user_id
    if (name, does, account) == (before.subject_name, before.subject_work, before.subject_user_id):
        raise Conflict("Nothing is different, so nothing was saved.")
    was, now = _said(before.subject_name, before.subject_work), _said(name, does)
    words = f"Whom it is about: {was} → {now}" if was != now else f"Whom it is about: {now}"
    if account != before.subject_user_id:
        words += f"\nTheir account: {await _name_of(work, account) if account else 'none'}"
    await write(work, concern_id, Said(words=words, reason=reason))
    facts = await received(work, before)
    work.ask(HEARD, concern_id, key=f"{concern_id} {facts.version + 1}")
    heed_concern(work, concern_id)
    return await save(
        work, facts, "concern.identified", subject_name=name, subject_work=does, subject_user_id=account
    )  # fmt: skip


async def keep_from(work: Work, concern_id: UUID, user_id: UUID | None, reason: str) -> None:
    """Keep somebody from it, whoever it is about; whoever says so keeps it. Raises `Invalid`, `Conflict`."""
    reason = required(reason, "reason", "Say why they must not know of it.")
    if user_id is None or user_id == work.actor.user_id:
        raise Invalid(FieldError("person", "Choose somebody else than yourself."))
    record = await locked(work, concern_id)
    name = await _name_of(work, user_id)
    if await work.driver.execute(KEEP_OUT, clock.new_id(), concern_id, user_id, work.now()) != "INSERT 0 1":
        raise Conflict("They are kept from it already.")
    await write(work, concern_id, Said(words=f"Kept from it from now on: {name}", reason=reason))
    facts = await received(work, record.facts)
    await save(work, facts, "concern.followed_up")
    heed_concern(work, concern_id)
    work.record("exclusion.made", concern_id, kind="concern", version=facts.version + 1)


async def _name_of(work: Work, user_id: UUID) -> str:
    name = await work.driver.fetchval(MEMBER, user_id)
    if name is None:
        raise Invalid(FieldError("person", NOT_HERE))
    return str(name)


def _said(name: str, does: str) -> str:
    return f"{name}, {does}" if does else name


def _wrong(name: str, does: str) -> list[FieldError]:
    errors = [] if name else [FieldError("subject_name", "Say whom it is about.")]
    for field, typed in (("subject_name", name), ("subject_work", does)):
        if len(typed) > NAME_LIMIT:
            errors.append(FieldError(field, f"The most is {NAME_LIMIT:,} characters."))
    return errors
