"""What came in a flood by the public page and is no report: many are set aside at once, with one reason.

Only what stands on the list of the flood, as it was read: a report in which somebody may be in danger, or whose writer
wrote again, is opened by itself. Nothing is deleted: each is closed without a decision that nobody made, keeps the
reason with who gave it, and can be opened again like every other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.concerns.handling import Said, locked, received, required, save, write
from safeguard.concerns.reading import FLOODS, IN_DANGER, require_open
from safeguard.concerns.record import Record
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.changing import Stale
from safeguard.work import Work

MOST: Final = 25
"""Shown at once, and set aside at once: the oldest first, those in which somebody may be in danger before all."""
LIST: Final = f"""
select json_build_object('id', c.id, 'reference', c.reference, 'version', c.version, 'raised_at', c.raised_at,
    'raised_by_name', c.raised_by_name, 'subject_name', c.subject_name, 'subject_work', c.subject_work,
    'narrative', c.narrative, 'happened_words', c.happened_words, 'in_danger', {IN_DANGER},
    'more', coalesce((
        select json_agg(n.words order by n.written_at, n.id) from public.concern_entries n
        where n.organisation_id = c.organisation_id and n.concern_id = c.id and n.kind = 'message'
            and n.author_id is null and n.author_name <> 'Safeguard'), '[]'::json))::text
from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and {FLOODS}
order by not {IN_DANGER}, c.raised_at, c.id limit {MOST}
"""  # noqa: S608  our own constants
FLOODING: Final = "select public.list_flooding_concerns()"

NONE_CHOSEN: Final = "Tick the reports that you want to set aside."
MOVED: Final = "Somebody changed one of these while you read, or it is on this list no more. Read what is here now."
DANGER: Final = "In one of these somebody may be in danger. Open it by itself first."
WROTE_AGAIN: Final = "Whoever sent one of these wrote again. Open it by itself first."


class Flooded(msgspec.Struct, frozen=True):
    """A report about an adult that came in a flood, and that nobody has received: all that it says."""

    id: UUID
    reference: str
    version: int
    raised_at: datetime
    raised_by_name: str
    subject_name: str
    subject_work: str
    narrative: str
    happened_words: str
    in_danger: bool
    more: tuple[str, ...]
    """What its writer added."""

    @property
    def stands_alone(self) -> bool:
        """Whether it is opened by itself, and never set aside with others."""
        return self.in_danger or bool(self.more)


_decode = msgspec.json.Decoder(Flooded).decode


async def list_flooded(work: Work) -> tuple[Flooded, ...]:
    """The first of them with all their words, which the log is told of; raises `NotFound` without the right."""
    await require_open(work)
    found = tuple(_decode(row[0]) for row in await work.driver.fetch(LIST))
    if found:
        work.restrict()
    for each in found:
        work.record("concern.viewed", each.id, version=each.version)
    return found


async def set_aside(work: Work, chosen: Sequence[str], reason: str) -> int:
    """Set these aside as they were read, each as `id.version`; gives how many. All of them, or none.

    Raises `Invalid` for nothing chosen, no reason, what moved on meanwhile, and what has to be opened by itself.
    """
    await require_open(work)
    read = _as_read(chosen[:MOST])
    if not read:
        raise Invalid(FieldError("concern", NONE_CHOSEN))
    reason = required(reason, "reason", "Say why: the same sentence is kept with each of them.")
    for concern_id in sorted(read):
        await _set_aside(work, concern_id, read[concern_id], reason, len(read))
    return len(read)


async def _set_aside(work: Work, concern_id: UUID, version: int, reason: str, many: int) -> None:
    try:
        record = await locked(work, concern_id, version)
    except (NotFound, Stale):
        raise Invalid(FieldError("concern", MOVED)) from None
    await _check(work, record)
    words = "Set aside: it came in a flood." if many == 1 else f"Set aside with {many - 1} more that came in a flood."
    await write(work, concern_id, Said(kind="closing", words=words, reason=reason))
    await save(
        work, await received(work, record.facts), "concern.set_aside", state="closed", closed_at=work.now(),
        outcome="set_aside", outcome_reason=reason,
    )  # fmt: skip


async def _check(work: Work, record: Record) -> None:
    flooding = await work.driver.fetchval(FLOODING) or ()
    if record.facts.state != "new" or record.facts.id not in flooding:
        raise Invalid(FieldError("concern", MOVED))
    if record.facts.child_at_risk:
        raise Invalid(FieldError("concern", DANGER))
    if record.heard_at:
        raise Invalid(FieldError("concern", WROTE_AGAIN))


def _as_read(chosen: Sequence[str]) -> dict[UUID, int]:
    """Concern -> the version that stood on the page; nothing when a value is none of ours."""
    try:
        pairs = [each.partition(".") for each in chosen]
        return {UUID(concern): int(version) for concern, _, version in pairs}
    except ValueError:
        return {}
