"""What is due in the registers, for whoever tells people: who must still read, what is to be reviewed, what runs out.

Asked with the system's eyes. A policy that has another edition by then, a review that has been done, a certificate that
was renewed: each finds nobody to tell. Nor is anybody told to read what nobody can open yet.
"""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.registers.policies.asked import ASKED, DONE, DUE, EDITION, PERSON, RAN_OUT, SEALED
from safeguard.work import Work

UNREAD: Final = f"""
select m.user_id from public.policies p {EDITION}
join public.memberships m on m.organisation_id = p.organisation_id and {PERSON}
where p.organisation_id = (select sec.current_organisation()) and e.id = $2 and p.withdrawn_at is null
    and {ASKED} and {DONE} is null and not {SEALED}
"""  # noqa: S608  our own constants
WAITING: Final = f"""
select m.user_id, p.id as policy_id, e.id as edition_id, {DUE} as due_on, {RAN_OUT} as ran_out
from public.policies p {EDITION}
join public.memberships m on m.organisation_id = p.organisation_id and {PERSON}
where p.organisation_id = (select sec.current_organisation()) and p.withdrawn_at is null
    and ($2::uuid is null or e.id = $2) and {ASKED} and {DONE} is null and not {SEALED}
order by p.id, m.user_id
"""  # noqa: S608  our own constants
OF_EDITION: Final = """
select p.id, e.read_by, e.renew_on, e.number = p.edition and p.withdrawn_at is null as stands
from public.policy_editions e
join public.policies p on p.organisation_id = e.organisation_id and p.id = e.policy_id
where e.organisation_id = (select sec.current_organisation()) and e.id = $1
"""
PRESENT: Final = """
select e.id, e.read_by, e.renew_on from public.policies p
join public.policy_editions e on e.organisation_id = p.organisation_id and e.policy_id = p.id and e.number = p.edition
where p.organisation_id = (select sec.current_organisation()) and p.id = $1 and p.withdrawn_at is null
"""
LAST_REVIEW: Final = """
select r.id, r.due_on from public.filtering_reviews r
where r.organisation_id = (select sec.current_organisation()) and r.struck_on is null
order by r.reviewed_on desc, r.id desc limit 1
"""
RUNS_OUT: Final = """
select r.user_id from public.learning_records r
where r.organisation_id = (select sec.current_organisation()) and r.event_id = $1 and r.ended_at is null
    and r.user_id is not null and r.outcome <> 'missed' and r.expires_on is not null
    and exists (
        select from public.learning_events e
        where e.organisation_id = r.organisation_id and e.id = r.event_id and e.struck_on is null)
    and not exists (
        select from public.learning_records l
        join public.learning_events e on e.organisation_id = l.organisation_id and e.id = l.event_id
        where l.organisation_id = r.organisation_id and l.user_id = r.user_id and e.struck_on is null
            and l.ended_at is null and l.outcome <> 'missed' and l.expires_on > r.expires_on)
"""


class Waiting(msgspec.Struct, frozen=True):
    """That somebody is asked to read or to sign the present edition and has not, or must again."""

    user_id: UUID
    policy_id: UUID
    edition_id: UUID
    due_on: date
    ran_out: date | None
    """The day with which what they did before ran out."""


class LastReview(msgspec.Struct, frozen=True):
    """The review of filtering and monitoring that counts, and the day by which the next is due."""

    id: UUID
    due_on: date


async def list_waiting(work: Work, today: date, edition_id: UUID | None = None) -> tuple[Waiting, ...]:
    """Everybody who is asked to read or to sign and has not: of one edition, or of all that are in force."""
    return tuple(Waiting(*row) for row in await work.driver.fetch(WAITING, today, edition_id))


async def must_read(work: Work, edition_id: UUID, today: date) -> frozenset[UUID]:
    """Who has not read this edition, or whose signature does not hold today; nobody when it is not the present one."""
    return frozenset(row["user_id"] for row in await work.driver.fetch(UNREAD, today, edition_id))


async def edition_of(work: Work, policy_id: UUID) -> tuple[UUID, date, date] | None:
    """The present edition of a policy: its id, by when it is to be read, by when to be reviewed."""
    row = await work.driver.fetchrow(PRESENT, policy_id)
    return (row["id"], row["read_by"], row["renew_on"]) if row else None


async def policy_of(work: Work, edition_id: UUID) -> UUID | None:
    """The policy of an edition that still holds."""
    row = await work.driver.fetchrow(OF_EDITION, edition_id)
    return row["id"] if row and row["stands"] else None


async def is_last_review(work: Work, review_id: UUID) -> bool:
    """Whether no later review of filtering and monitoring stands."""
    last = await last_review(work)
    return last is not None and last.id == review_id


async def last_review(work: Work) -> LastReview | None:
    """The latest review of filtering and monitoring that was not struck out."""
    row = await work.driver.fetchrow(LAST_REVIEW)
    return LastReview(*row) if row else None


async def whose_training_ends(work: Work, event_id: UUID) -> frozenset[UUID]:
    """Whose certificate of an event is the last that they have."""
    return frozenset(row["user_id"] for row in await work.driver.fetch(RUNS_OUT, event_id))
