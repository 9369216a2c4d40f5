"""Alerts of the helpline as an organisation has them: shown on the home page, dismissed, attached to a control."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, NotFound
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.review import Item
from safeguard.work import Work

COLUMNS: Final = """r.id, r.sender_name, r.title, r.words, r.to_do, r.platform, r.published_at, r.ended_at,
    r.dismissed_at, r.dismissed_by_name, r.item_id"""
LIST: Final = f"""
select {COLUMNS} from public.received_signals r
where r.organisation_id = (select sec.current_organisation())
order by r.published_at desc, r.id desc limit 100
"""  # noqa: S608  our own constants
PRESENT: Final = f"""
select {COLUMNS} from public.received_signals r
where r.organisation_id = (select sec.current_organisation()) and r.ended_at is null and r.dismissed_at is null
order by r.published_at desc, r.id desc limit 3
"""  # noqa: S608  our own constants
READ: Final = f"""
select {COLUMNS} from public.received_signals r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""  # noqa: S608  our own constants
DISMISS: Final = """
update public.received_signals r set dismissed_at = $2, dismissed_by = $3, dismissed_by_name = $4
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.dismissed_at is null
"""
ATTACH: Final = """
update public.received_signals r set item_id = $2
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.item_id is null
"""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One alert, as an organisation has it."""

    id: UUID
    sender_name: str
    title: str
    words: str
    to_do: str
    platform: str = ""
    published_at: datetime
    ended_at: datetime | None = None
    dismissed_at: datetime | None = None
    dismissed_by_name: str = ""
    item_id: UUID | None = None


async def list_received(work: Work) -> tuple[Received, ...]:
    """Every alert that this organisation has received, the latest first."""
    work.require(Permission.RESOURCES_READ)
    return tuple(Received(**dict(row)) for row in await work.driver.fetch(LIST))


async def present_signals(work: Work) -> tuple[Received, ...]:
    """Up to three that stand on the home page: neither over nor dismissed. None for those who may not read them."""
    if not work.may(Permission.RESOURCES_READ):
        return ()
    return tuple(Received(**dict(row)) for row in await work.driver.fetch(PRESENT))


async def get_received(work: Work, received_id: UUID) -> Received:
    """One alert; raises `NotFound`."""
    work.require(Permission.RESOURCES_READ)
    row = await work.driver.fetchrow(READ, received_id)
    if row is None:
        raise NotFound
    return Received(**dict(row))


async def dismiss_signal(work: Work, received_id: UUID) -> None:
    """Take it off everybody's home page here; it stays in the list. A second time changes nothing."""
    work.require(Permission.STANDARDS_REVIEW)
    signal = await get_received(work, received_id)
    if signal.dismissed_at:
        return
    await work.driver.execute(DISMISS, received_id, work.now(), work.actor.user_id, work.actor.name)
    work.record("signal.dismissed", received_id)


async def attach_signal(work: Work, received_id: UUID, supports: tuple[tuple[str, str], ...], did: str) -> Item:
    """Keep it, with what was done about it, as an item of evidence for controls; raises `Conflict` the second time."""
    work.require(Permission.STANDARDS_REVIEW)
    signal = await get_received(work, received_id)
    if signal.item_id:
        raise Conflict("This alert is attached already. Its item of evidence can be changed.")
    item = await add_item(work, NewItem(
        kind="other", title=signal.title, description=f"{did}\n\n{signal.words}".strip(), kept_at=signal.sender_name,
        dated_on=signal.published_at.date(), supports=supports,
    ))  # fmt: skip
    await work.driver.execute(ATTACH, received_id, item.id)
    work.record("signal.attached", received_id)
    return item
