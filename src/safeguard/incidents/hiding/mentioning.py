"""Staff named in what was written: words alone keep nobody from an incident, so a lead is shown whom they name.

"Mr Hale", "Morgan Hale": a surname alone is not enough here, for it is a word like others. Whoever reads may then keep
the incident from them with one press; that a name is mentioned says nothing of what they did.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

MENTIONED: Final = """
with told as (
    select ' ' || lower(sec.story(concat_ws(' ', i.narrative, i.child_words, i.immediate_action))) || ' ' as words
    from public.incidents i where i.organisation_id = (select sec.current_organisation()) and i.id = $1
), staff as (
    select m.user_id, m.name, trim(lower(sec.plain(c.called))) as plain
    from public.memberships m cross join unnest(m.former_names || m.name) c (called)
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
        and m.user_id is distinct from $2
)
select distinct s.user_id, s.name from staff s, told
where position(' ' || regexp_replace(s.plain, '^.* ', '') || ' ' in told.words) > 0
    and (s.plain like '% %' and position(' ' || s.plain || ' ' in told.words) > 0 or exists (
        select from unnest(array['mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'sir', 'coach']) t
        where position(' ' || t || ' ' || regexp_replace(s.plain, '^.* ', '') || ' ' in told.words) > 0))
    and not exists (
        select from public.exclusions x
        where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1 and x.user_id = s.user_id)
order by s.name, s.user_id limit 5
"""


class Mentioned(msgspec.Struct, frozen=True):
    """A member who is named in the words of an incident, and may read it so far as their role goes."""

    user_id: UUID
    name: str


async def list_mentioned(work: Work, incident_id: UUID) -> tuple[Mentioned, ...]:
    """Up to five members whom the words name and whom nothing keeps from it; nobody for whoever may not restrict."""
    if not work.may(Permission.INCIDENT_RESTRICT):
        return ()
    return tuple(Mentioned(*row) for row in await work.driver.fetch(MENTIONED, incident_id, work.actor.user_id))
