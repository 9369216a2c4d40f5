"""What waits in the vault, in figures, for the home page of those to whom it is open.

Policies decide what is counted, as everywhere in the vault: a concern about the reader is in no figure. Nothing is read
that the log would have to hear of: no name and no word of a concern, only its reference where a limit runs.
"""

from collections.abc import Iterator
from typing import Any, Final

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.concerns import reading
from safeguard.concerns.timing import limits
from safeguard.incidents.apart import Apart, Unheard
from safeguard.incidents.deadlines import Start, counted
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

MOST: Final = 99

COUNT: Final = f"""
select
    (select count(*) from (
        select from public.concerns c
        where c.organisation_id = (select sec.current_organisation()) and c.state = 'new' and not {reading.FLOODS}
        limit $1) n),
    (select count(*) from (
        select from public.concerns c
        where c.organisation_id = (select sec.current_organisation()) and c.state <> 'closed' and not {reading.FLOODS}
        limit $1) n),
    (select count(*) from (
        select from public.incidents i
        where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is not null
            and i.state <> 'closed'
            and exists (select from public.exclusions x where x.organisation_id = i.organisation_id
                            and x.incident_id = i.id and x.lifted_at is null)
            and not exists (select from public.concerns c
                            where c.organisation_id = i.organisation_id and c.incident_id = i.id)
        limit $1) n),
    (select count(*) from (
        select from public.concerns c
        where c.organisation_id = (select sec.current_organisation()) and {reading.HEARD} limit $1) n)
"""  # noqa: S608  our own constant
ALLEGED: Final = """
select c.id, c.reference, c.decided_at, array(
        select distinct n.contact from public.concern_entries n
        where n.organisation_id = c.organisation_id and n.concern_id = c.id and n.contact is not null
            and n.contacted_at is not null) as heard
from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and c.level = 'allegation' and c.state <> 'closed'
    and c.decided_at is not null
order by c.decided_at, c.id limit $1
"""


async def is_open(work: Work) -> bool:
    """Whether the vault is open to whoever asks, of all who open the home page."""
    return work.may(Permission.CONCERN_RAISE) and await reading.is_open(work)


async def read_apart(work: Work, profile: Profile, clocks: Clocks) -> Apart:
    """The figures, and the limits that press; nought for those to whom the vault is not open."""
    new, standing, named, heard = await work.driver.fetchrow(COUNT, MOST) or (0, 0, 0, 0)
    rows = await work.driver.fetch(ALLEGED, MOST)
    unheard = tuple(each for row in rows for each in _unheard(row, profile, clocks))
    return Apart(new, standing, named, unheard, heard, await reading.count_flood(work))


def _unheard(row: Any, profile: Profile, clocks: Clocks) -> Iterator[Unheard]:
    """The limits of one allegation that run and press, as `timing.pressing` counts them."""
    for code, limit in limits(profile).items():
        if set(limit.contacts) - set(row["heard"]):
            deadline = counted(clocks, code, Start(row["decided_at"]), clock.now())
            if deadline.presses:
                yield Unheard(row["reference"], f"/concerns/{row['id']}", deadline)
