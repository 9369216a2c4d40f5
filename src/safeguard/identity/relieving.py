"""Deputies whose days are over: what they had in hand is given on, as when somebody leaves.

The role ends by itself, in the database, at the moment that was said; nobody acts then. So the schedule looks for
whoever handles incidents and may not any more, and their organisation's own job gives them on: each becomes nobody's,
its record says so, and those who handle incidents are told. It looks at what is so, and asks again before it acts:
whoever was made deputy for longer meanwhile keeps everything.
"""

from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.identity import parting
from safeguard.work import Work, begin

RELIEVED: Final = "select organisation, deputy from public.list_relieved_deputies()"
HELD: Final = """
select sec.roles_held(roles, deputy_from, deputy_until) from memberships where user_id = $1 and state = 'active'
"""
RELIEVE: Final = "deputy.relieve"


async def find_all(work: Work) -> int:
    """`deputies.due`: a job for each whose days are over and who has something in hand; how many. Safe to run twice."""
    rows = await work.driver.fetch(RELIEVED)
    for row in rows:
        async with begin(system(row["organisation"])) as theirs:
            theirs.ask(RELIEVE, row["deputy"], key=f"{row['deputy']} {work.now().isoformat()}")
    return len(rows)


async def relieve(work: Work, user_id: UUID) -> None:
    """`deputy.relieve`: give on what a deputy may have and their other roles do not let them have."""
    roles = await work.driver.fetchval(HELD, user_id)
    await parting.lay_down(work, user_id, {Role.DEPUTY}, frozenset(map(Role, roles or ())))
