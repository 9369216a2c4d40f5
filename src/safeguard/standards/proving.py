"""Proving: items of evidence, each for controls of one or more frameworks, with a day on which they grow old."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.ageing import ask_to_look_at
from safeguard.standards.queries import get_item
from safeguard.standards.review import Item, item_document
from safeguard.work import Work

STRUCK: Final = "Struck out of its register"
"""What an item is called once what it was kept for was recorded by mistake."""
KINDS: Final = (
    "policy",
    "document",
    "training",
    "meeting",
    "survey",
    "display",
    "link",
    "incident",
    "agreement",
    "other",
)
TITLE_LIMIT = 200
WORDS_LIMIT = 5_000
ADD = """
insert into public.evidence_items (organisation_id, id, kind, title, description, kept_at, dated_on, renew_on, added_at,
    added_by, added_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
CHANGE = """
update public.evidence_items e set kind = $3, title = $4, description = $5, kept_at = $6, dated_on = $7, renew_on = $8,
    withdrawn_at = $9, withdrawn_reason = $10, version = e.version + 1
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.version = $2
"""
CLEAR = """
delete from public.evidence_controls c
where c.organisation_id = (select sec.current_organisation()) and c.item_id = $1
"""
SUPPORT = """
insert into public.evidence_controls (organisation_id, id, item_id, framework, control)
select (select sec.current_organisation()), s.id, $1, s.framework, s.control
from unnest($2::uuid[], $3::text[], $4::text[]) as s (id, framework, control)
"""

STALE = (
    "Somebody else changed this item while you had it open, so nothing was saved over it. What you typed is kept: read "
    "theirs, then save yours or leave it."
)


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of an item of evidence."""

    kind: str
    title: str
    description: str = ""
    kept_at: str = ""
    dated_on: date | None = None
    renew_on: date | None = None
    supports: tuple[tuple[str, str], ...] = ()


async def add_item(work: Work, new: NewItem, *, told: bool = True) -> Item:
    """Keep an item of evidence; raises `Invalid` for what is missing.

    `told`: whether people are told when it grows old; not so where a register tells them of the row that it stands for.
    """
    work.require(Permission.STANDARDS_REVIEW)
    item = Item(id=clock.new_id(), added_at=work.now(), added_by_name=work.actor.name, **_said(_checked(new)))
    await work.driver.execute(
        ADD, item.id, item.kind, item.title, item.description, item.kept_at, item.dated_on, item.renew_on,
        item.added_at, work.actor.user_id, item.added_by_name,
    )  # fmt: skip
    await _support(work, item)
    work.record("proof.added", item.id, document=item_document(item))
    if told:
        ask_to_look_at(work, item)
    return item


async def change_item(work: Work, item_id: UUID, new: NewItem, seen: int, *, told: bool = True) -> Item:
    """Correct or renew an item: another version, and the earlier one stays in the log."""
    work.require(Permission.STANDARDS_REVIEW)
    before = await get_item(work, item_id)
    after = await _save(work, msgspec.structs.replace(before, **_said(_checked(new))), seen, "proof.changed")
    if told and after.renew_on != before.renew_on:
        ask_to_look_at(work, after)
    return after


async def withdraw_item(work: Work, item_id: UUID, reason: str, seen: int) -> Item:
    """Say that an item shows nothing any more, and why."""
    work.require(Permission.STANDARDS_REVIEW)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it no longer shows anything."))
    before = await get_item(work, item_id)
    after = msgspec.structs.replace(before, withdrawn_at=work.now(), withdrawn_reason=reason)
    return await _save(work, after, seen, "proof.withdrawn")


async def strike_item(work: Work, item_id: UUID, reason: str) -> Item:
    """Withdraw the item of something that was struck out: what it said of that is on its page no longer."""
    work.require(Permission.STANDARDS_REVIEW)
    before = await get_item(work, item_id)
    after = msgspec.structs.replace(
        before, title=STRUCK, description="", withdrawn_at=before.withdrawn_at or work.now(), withdrawn_reason=reason
    )
    return await _save(work, after, before.version, "proof.withdrawn", struck_by_name=work.actor.name)


async def _save(work: Work, item: Item, seen: int, event: str, **more: str) -> Item:
    after = msgspec.structs.replace(item, version=seen + 1)
    done = await work.driver.execute(
        CHANGE, item.id, seen, item.kind, item.title, item.description, item.kept_at, item.dated_on, item.renew_on,
        item.withdrawn_at, item.withdrawn_reason,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict(STALE)
    await work.driver.execute(CLEAR, item.id)
    await _support(work, after)
    document = item_document(after)
    work.record(event, item.id, document=replace(document, fields={**document.fields, **more}))
    return after


async def _support(work: Work, item: Item) -> None:
    if item.supports:
        frameworks, controls = zip(*item.supports, strict=True)
        ids = [clock.new_id() for _ in item.supports]
        await work.driver.execute(SUPPORT, item.id, ids, list(frameworks), list(controls))


def _checked(new: NewItem) -> NewItem:
    errors: list[FieldError] = []
    if new.kind not in KINDS:
        errors.append(FieldError("kind", "Choose what kind of evidence it is."))
    if not new.title:
        errors.append(FieldError("title", "Give it a name that somebody else would understand."))
    if new.dated_on is None:
        errors.append(FieldError("dated_on", "Say from which day it is."))
    if new.dated_on and new.renew_on and new.renew_on < new.dated_on:
        errors.append(FieldError("renew_on", "The day to renew it is before the day it is from."))
    if not new.supports:
        errors.append(FieldError("supports", "Choose at least one control that it supports."))
    if errors:
        raise Invalid(*errors)
    return new


def _said(new: NewItem) -> dict[str, Any]:
    return {name: getattr(new, name) for name in new.__struct_fields__}
