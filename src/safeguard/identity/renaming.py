"""Whether whoever asks has just put somebody else in the place of the outside second person: then two would be one.

Who is named outside is changed under Settings, by the same people who ask for acts that take two. So a link does not go
to a person whom its maker named in place of another within a week: meanwhile somebody here agrees, or one waits. The
first who is named at all is exempt, because an organisation of one person has nobody else to begin with.
"""

from datetime import timedelta
from typing import Final

from safeguard.errors import Conflict
from safeguard.work import Work

WAITS: Final = timedelta(days=7)
RENAMED: Final = """
with told as (
    select d.version, d.fields::json -> 'second_person_email' ->> 0 as email from audit.documents d
    where d.organisation_id = (select sec.current_organisation()) and d.kind = 'organisation'
), renamed as (
    select t.version from told t
    where t.email is distinct from (select b.email from told b where b.version < t.version
                                    order by b.version desc limit 1)
        and exists (select from told b where b.version < t.version and b.email <> 'null' and b.email <> t.email)
)
select exists (
    select from renamed n
    join audit.objects o on o.organisation_id = (select sec.current_organisation()) and o.kind = 'organisation'
    join audit.leaves l on l.organisation_id = o.organisation_id and l.object = o.handle
        and split_part(l.entry, E'\\n', 3) = 'organisation.changed' and split_part(l.entry, E'\\n', 7) = n.version::text
        and split_part(l.entry, E'\\n', 2)::timestamptz > $2
    join audit.actors a on a.organisation_id = o.organisation_id and a.user_id = $1
        and encode(a.handle, 'base64') = split_part(l.entry, E'\\n', 4))
"""
TOO_SOON: Final = (
    "You changed who the outside second person is less than seven days ago, so no link goes to them for you yet: one "
    "person must not be both. Somebody else here can agree, or wait until the week is over."
)


async def check_not_renamed(work: Work) -> None:
    """Raise `Conflict` when the actor put somebody else in the place of the outside second person within a week."""
    if work.actor.user_id is None:
        return
    if await work.driver.fetchval(RENAMED, work.actor.user_id, work.now() - WAITS):
        raise Conflict(TOO_SOON)
