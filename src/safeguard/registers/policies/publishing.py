"""Publishing: a policy or an agreement, its next edition, who it is for, and its end.

An edition is never changed, because people said that they had read exactly that: another text is another edition, and
everybody is asked again.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.here import months_of, months_on
from safeguard.registers.policies.policy import AGREEMENT, KINDS, PARTIES, READERS, Edition, Policy
from safeguard.registers.policies.queries import get_policy
from safeguard.registers.rows import add, adding, document
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

TITLE_LIMIT: Final = 200
WORDS_LIMIT: Final = 60_000
SUMMARY_LIMIT: Final = 2_000
REVIEW: Final = "policy_review"
MOST_MONTHS: Final = 120
FURTHEST: Final = timedelta(days=730)
"""How far ahead somebody can say that something holds."""

UNSAID: Final = ("expected",)
"""What nobody has said of a policy that is new."""
ADD: Final = adding("policies", Policy, UNSAID)
ADD_EDITION: Final = adding("policy_editions", Edition)
_ASKS: Final = "(p.readers || case when 'staff' = any (p.parties) then array['staff'] else '{}' end)"
_ASKED_SINCE: Final = f"""case when $6 <> p.edition then '{{}}'::jsonb else (
    select coalesce(jsonb_object_agg(one, coalesce(p.asked_since ->> one, ($7::timestamptz at time zone (
        select o.time_zone from public.organisations o where o.id = p.organisation_id))::date::text)), '{{}}')
    from unnest($4::text[] || case when 'staff' = any ($5::text[]) then array['staff'] else '{{}}' end) one
    where p.asked_since ? one or one <> all {_ASKS}) end"""  # noqa: S608  our own constants
"""Who is asked only since today keeps that day until the next edition, which asks everybody anew."""
CHANGE: Final = f"""
update public.policies p set title = $3, readers = $4, parties = $5, edition = $6, version = p.version + 1,
    asked_since = {_ASKED_SINCE}
where p.organisation_id = (select sec.current_organisation()) and p.id = $1 and p.version = $2
    and p.withdrawn_at is null
"""  # noqa: S608  our own constants
WITHDRAW: Final = """
update public.policies p set withdrawn_at = $3, withdrawn_reason = $4, version = p.version + 1
where p.organisation_id = (select sec.current_organisation()) and p.id = $1 and p.version = $2
    and p.withdrawn_at is null
"""
STALE: Final = "Somebody else changed this while you had it open. What you typed is kept: look at theirs first."


class NewEdition(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody publishes."""

    title: str
    readers: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    summary: str = ""
    words: str = ""
    kept_at: str = ""
    effective_on: date | None = None
    read_by: date | None = None
    renew_on: date | None = None
    lasts_months: int | None = None
    typed_on: date | None = None
    """The day on which somebody publishes it by a form: nobody can be asked to have read it before."""


async def publish(work: Work, profile: Profile, kind: str, new: NewEdition) -> Policy:
    """Publish the first edition; raises `Invalid` for what is missing."""
    work.require(Permission.REGISTER_KEEP)
    effective_on = _checked(kind, new)
    policy_id = clock.new_id()
    edition = _edition(work, profile, policy_id, 1, new, effective_on)
    controls = feeding.AGREEMENT if kind == AGREEMENT else feeding.POLICY
    item_id = await feeding.feed(work, profile, _evidence(kind, new, edition), controls)
    policy = Policy(
        id=policy_id, kind=kind, title=new.title, readers=new.readers, parties=new.parties, item_id=item_id,
        recorded_at=work.now(), recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD, policy, UNSAID)
    await _publish(work, policy, edition)
    return policy


async def publish_edition(work: Work, profile: Profile, policy_id: UUID, new: NewEdition, seen: int) -> Policy:
    """Publish the next edition: whoever read the one before is asked to read this one."""
    work.require(Permission.REGISTER_KEEP)
    before = await get_policy(work, policy_id)
    effective_on = _checked(before.kind, new)
    after = await _change(work, before, new, before.edition + 1, seen)
    edition = _edition(work, profile, policy_id, after.edition, new, effective_on)
    if before.item_id:
        await feeding.renew(work, before.item_id, _evidence(before.kind, new, edition))
    await _publish(work, after, edition)
    return after


async def change_readers(work: Work, policy_id: UUID, new: NewEdition, seen: int) -> Policy:
    """Change its name or whom it is for, while its text stays as it is."""
    work.require(Permission.REGISTER_KEEP)
    before = await get_policy(work, policy_id)
    _raise(_about(before.kind, new))
    after = await _change(work, before, new, before.edition, seen)
    work.record("policy.changed", policy_id, document=document("policy", after, policy_id, after.version))
    return after


async def withdraw(work: Work, policy_id: UUID, reason: str, seen: int) -> None:
    """It holds no longer: nobody is asked to read it any more, and what was read or signed stays on record."""
    work.require(Permission.REGISTER_KEEP)
    policy = await get_policy(work, policy_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it holds no longer, or what replaces it."))
    if await work.driver.execute(WITHDRAW, policy_id, seen, work.now(), reason) != "UPDATE 1":
        raise Conflict(STALE)
    if policy.item_id:
        await feeding.end(work, policy.item_id, reason)
    after = msgspec.structs.replace(policy, withdrawn_at=work.now(), withdrawn_reason=reason, version=seen + 1)
    work.record("policy.withdrawn", policy_id, document=document("policy", after, policy_id, after.version))


async def _change(work: Work, before: Policy, new: NewEdition, edition: int, seen: int) -> Policy:
    values = (new.title, list(new.readers), list(new.parties), edition, work.now())
    if await work.driver.execute(CHANGE, before.id, seen, *values) != "UPDATE 1":
        raise Conflict(STALE)
    return msgspec.structs.replace(
        before, title=new.title, readers=new.readers, parties=new.parties, edition=edition, version=seen + 1
    )


async def _publish(work: Work, policy: Policy, edition: Edition) -> None:
    await add(work, ADD_EDITION, edition)
    told = document("policy", edition, policy.id, policy.version)
    about: dict[str, JSONValue] = {"title": policy.title, "kind": policy.kind}
    about |= {"readers": [*policy.readers], "parties": [*policy.parties]}
    whole = Document(told.kind, policy.id, policy.version, {**told.fields, **about})
    work.record("policy.published", policy.id, document=whole)


def _edition(
    work: Work, profile: Profile, policy_id: UUID, number: int, new: NewEdition, effective_on: date
) -> Edition:
    return Edition(
        id=clock.new_id(), policy_id=policy_id, number=number, summary=new.summary, words=new.words,
        kept_at=new.kept_at, effective_on=effective_on,
        read_by=new.read_by or max(months_on(effective_on, 1), months_on(work.now().date(), 1)),
        renew_on=new.renew_on or months_on(effective_on, months_of(profile, REVIEW)), lasts_months=new.lasts_months,
        recorded_at=work.now(), recorded_by_name=work.actor.name,
    )  # fmt: skip


def _evidence(kind: str, new: NewEdition, edition: Edition) -> feeding.Shown:
    return feeding.Shown(
        kind="agreement" if kind == AGREEMENT else "policy", title=new.title,
        kept_at=new.kept_at or "Registers, Policies and agreements", dated_on=edition.effective_on,
        renew_on=max(edition.renew_on, edition.effective_on),
        description=f"Edition {edition.number}. {new.summary}".strip(), told=False,
    )  # fmt: skip


def _checked(kind: str, new: NewEdition) -> date:
    errors = _about(kind, new)
    if not (new.words or new.kept_at):
        errors.append(FieldError("words", "Put its text here, or say below where it can be read."))
    if new.effective_on is None:
        errors.append(FieldError("effective_on", "Say from which day it holds."))
    if new.effective_on and new.effective_on > clock.now().date() + FURTHEST:
        errors.append(FieldError("effective_on", "This is more than two years ahead. Check the year."))
    if new.effective_on and new.renew_on and new.renew_on <= new.effective_on:
        errors.append(FieldError("renew_on", "The day to review it is not after the day from which it holds."))
    if new.read_by and new.typed_on and new.read_by < new.typed_on:
        errors.append(FieldError("read_by", "The day to read it by is over: everybody would be late at once."))
    if new.lasts_months is not None and not 1 <= new.lasts_months <= MOST_MONTHS:
        errors.append(FieldError("lasts_months", f"Write a number of months from 1 to {MOST_MONTHS}."))
    _raise(errors)
    return new.effective_on or date.max


def _about(kind: str, new: NewEdition) -> list[FieldError]:
    errors: list[FieldError] = []
    if kind not in KINDS:
        errors.append(FieldError("kind", "Choose whether people read it or sign it."))
    if not new.title:
        errors.append(FieldError("title", "Give it the name by which people know it."))
    if kind == AGREEMENT and not (new.parties and set(new.parties) <= set(PARTIES)):
        errors.append(FieldError("parties", "Choose who signs it."))
    if kind != AGREEMENT and not (new.readers and set(new.readers) <= {str(role) for role in READERS}):
        errors.append(FieldError("readers", "Choose who must read it."))
    return errors


def _raise(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(*errors)
