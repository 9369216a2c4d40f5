"""Actions whose words match: looked for within the newest incidents that match, so the cost stays flat.

Beside incidents and people only in the newest fifty; whoever asks for all that there are waits for a thousand.

An incident's index of words holds those of its entries too, so whatever an action says is found by its incident first;
then only the entries of a few incidents are read.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec
from markupsafe import Markup

from safeguard.access.policy import Permission
from safeguard.incidents.highlighting import QUERY, headline, marked
from safeguard.work import Work

INCIDENTS: Final = 50
INCIDENTS_ALL: Final = 1_000
FIND: Final = f"""
with found as materialized (
    select id from public.search_incidents(
        $1, null, null, null, '-infinity', 'infinity', null, null, $3)
)
select e.incident_id, i.reference, {headline("e.words", "$1")}, e.owner_name, e.due_on, e.done_at
from found f
join public.incidents i on i.organisation_id = (select sec.current_organisation()) and i.id = f.id
join public.entries e on e.organisation_id = i.organisation_id and e.incident_id = i.id
where e.kind = 'action'
    and not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
    and (to_tsvector('pg_catalog.english', left(e.words, 20000))
        || to_tsvector('pg_catalog.simple', e.owner_name)) @@ {QUERY.format(text="$1")}
order by e.done_at is not null, e.due_on nulls last, e.written_at desc, e.id
limit $2
"""  # noqa: S608  our own constants


class Action(msgspec.Struct, frozen=True):
    """An action of an incident: what, who, until when, and whether it is done."""

    incident_id: UUID
    reference: str
    words: Markup
    owner: str
    due_on: date | None
    done_at: datetime | None


async def find_actions(work: Work, text: str, limit: int, among: int = INCIDENTS) -> tuple[Action, ...]:
    """Up to `limit` actions with these words, of `among` incidents, those not done first.

    Nothing for whoever may not read incidents.
    """
    if not (text and work.may(Permission.INCIDENT_READ)):
        return ()
    rows = await work.driver.fetch(FIND, text, limit, among)
    return tuple(Action(row[0], row[1], marked(row[2]), *row[3:]) for row in rows)
