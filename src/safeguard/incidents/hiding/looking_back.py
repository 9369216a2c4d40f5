"""Looking again at what was written before: incidents that would be kept from somebody if they were written today.

Names are compared better than they were, people take other names and other posts, and each of these reaches what is
written from then on. On years of records a name alone restricts nothing: somebody decides of each, and it is on record
whom it is kept from, or that another is meant. `gathering` compares every record once, ahead; a page takes the next few
of what it found and compares those alone anew, because what was found is stale from the first correction on. So a page
costs as much in an organisation of a hundred thousand incidents as in a new one, and says while the first comparison is
still under way. (The road not taken: to compare a thousand with everybody here whenever somebody looks.)

The database says which they are, and to whom (migrations/sql/89_looking_back.sql): never to somebody whom one may mean.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.entering import too_long
from safeguard.incidents.hiding import circle
from safeguard.incidents.hiding.alone import heed_incident
from safeguard.incidents.reports import tidy
from safeguard.work import Work

Decision = Literal["keep", "other"]
SHOWN: Final = 25
"""So many stand on one page."""
LOOKS: Final = 4
"""How often a page takes the next ones, while each that was found has been put right meanwhile."""
GATHERED: Final = "select id, recorded_at, written_by from public.list_gathered($1, $2, $3, $4)"
SINCE: Final = "select public.compared_since()"
LIST: Final = "select * from public.list_incidents_to_look_at(null, null, cardinality($1::uuid[]), $1)"
WEIGHED: Final = """
insert into public.exclusions
    (organisation_id, id, {about}, user_id, cause, since, lifted_at, lifted_by, lifted_by_name, ground, reason)
select m.organisation_id, $1, $2, m.user_id, 'named', $4, $4, $5, $6, 'mistaken', $7 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $3
"""
WEIGH_INCIDENT: Final = WEIGHED.format(about="incident_id")
NOBODY: Final = "Tick at least one."
WHY: Final = "Say how you know that another is meant."


class Meant(msgspec.Struct, frozen=True):
    """One record, and one who belongs here whom it may mean."""

    id: UUID
    reference: str
    at: datetime
    said: str
    """What is written there."""
    user_id: UUID
    name: str
    is_theirs: bool
    """Whether whoever asks may open it: they handle incidents."""
    told_by: str
    """What agrees with whom: the `name` written there, a `post`, an `account`, or a `record` of the list of people."""
    by: str = ""
    """Who wrote it, where it is shown."""

    @property
    def key(self) -> str:
        """What a tick beside it says."""
        return f"{self.id} {self.user_id}"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and before which moment to go on; None at the end."""

    rows: Sequence[Meant]
    after: tuple[datetime, UUID] | None
    since: datetime | None
    """When every record was last compared; None while some still are."""


class Gathered(msgspec.Struct, frozen=True):
    """One record that was found ahead."""

    id: UUID
    at: datetime
    by: str
    """Who wrote it."""


async def list_gathered(
    work: Work, about: Literal["incidents", "concerns"], after: tuple[datetime, UUID] | None = None
) -> list[Gathered]:
    """The next that were found, the latest first, and one more than a page shows where there are more."""
    rows = await work.driver.fetch(GATHERED, about, *(after or (None, None)), SHOWN + 1)
    return [Gathered(*row) for row in rows]


async def compare(work: Work, question: str, found: Sequence[Gathered]) -> list[Meant]:
    """Those of a page that may still mean somebody, as names compare now."""
    by = {one.id: one.by for one in found[:SHOWN]}
    rows = [Meant(*row) for row in await work.driver.fetch(question, list(by))] if by else []
    return [msgspec.structs.replace(row, by=by[row.id]) for row in rows]


async def look_again(work: Work, after: tuple[datetime, UUID] | None = None) -> Looked:
    """Of the incidents that were found the next few, the latest first, as they compare now."""
    work.require(Permission.CONCERN_RAISE)
    since: datetime | None = await work.driver.fetchval(SINCE)
    for _ in range(LOOKS):
        found = await list_gathered(work, "incidents", after)
        rows = await compare(work, LIST, found)
        after = (found[SHOWN - 1].at, found[SHOWN - 1].id) if len(found) > SHOWN else None
        if rows or after is None:
            return Looked(rows, after, since)
    return Looked((), after, since)


async def decide(work: Work, ticked: Collection[str], decision: Decision, reason: str) -> int:
    """Keep the ticked incidents from whom they may mean, or write down that another is meant; of how many.

    Those that whoever asks may decide, as it stands now: what somebody decided meanwhile is left as it is. Raises
    `Invalid` for no tick, and for another without a reason.
    """
    work.require(Permission.CONCERN_RAISE)
    reason = said_why(decision, reason, ticked)
    rows = [Meant(*row) for row in await work.driver.fetch(LIST, named_in(ticked))]
    chosen = [row for row in rows if row.key in ticked]
    for row in chosen:
        await (_keep(work, row) if decision == "keep" else _weigh(work, row, reason))
    return len(chosen)


def said_why(decision: Decision, reason: str, ticked: Collection[str]) -> str:
    """The reason, tidied; raises `Invalid` for no tick, for too many words, and for another without a reason."""
    said = tidy(reason)
    errors = [] if ticked else [FieldError("picked", NOBODY)]
    errors += too_long({"reason": said}) if said else [FieldError("reason", WHY)] if decision == "other" else []
    if errors:
        raise Invalid(*errors)
    return said


async def _keep(work: Work, row: Meant) -> None:
    """As by hand; whoever keeps the vault does it where nobody handles incidents whom it may not mean."""
    if row.is_theirs:
        await circle.exclude(work, row.id, row.user_id)
        return
    version: int = await work.driver.fetchval(circle.HEADING, row.id) or 1
    await work.driver.execute(circle.EXCLUDE, clock.new_id(), row.id, row.user_id, work.now())
    work.record("exclusion.made", row.id, kind="incident", version=version)
    heed_incident(work, row.id)


async def _weigh(work: Work, row: Meant, reason: str) -> None:
    version: int = await work.driver.fetchval(circle.HEADING, row.id) or 1
    actor = work.actor
    await work.driver.execute(
        WEIGH_INCIDENT, clock.new_id(), row.id, row.user_id, work.now(), actor.user_id, actor.name, reason
    )
    work.record("exclusion.weighed", row.id, kind="incident", version=version)


def named_in(ticked: Collection[str]) -> list[UUID]:
    """The records of some ticks, as many as one page shows."""
    return list(dict.fromkeys(found for key in ticked if (found := _id(key))))[: 2 * SHOWN]


def _id(key: str) -> UUID | None:
    try:
        return UUID(key.partition(" ")[0])
    except ValueError:
        return None
