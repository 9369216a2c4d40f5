"""What a directory did, a line each, for whoever looks after accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.work import Work

ADD: Final = """
insert into provisioning_notes (organisation_id, id, connection_id, at, act, user_id, group_id, role)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LIST: Final = """
select n.at, n.act, n.user_id, m.name, g.display_name as group_name, n.role
from provisioning_notes n
left join memberships m on m.organisation_id = n.organisation_id and m.user_id = n.user_id
left join provisioned_groups g on g.organisation_id = n.organisation_id and g.id = n.group_id
where n.connection_id = $1 order by n.at desc, n.id desc limit $2
"""
SHOWN: Final = 100

WORDS: Final = {
    "joined": "Joined",
    "adopted": "Is looked after by the directory from now on; they had an account here already",
    "changed": "Was changed",
    "left": "Left: their access ended at once",
    "returned": "Came back, to report only until more is given",
    "removed": "Was deleted in the directory; what they recorded stays",
    "group_added": "The group was added",
    "group_changed": "The group was renamed",
    "group_removed": "The group was deleted",
    "given": "Was given the role",
    "asked": "Somebody who answers for records was asked to agree to the role",
    "taken": "Lost the role",
    "kept": "Keeps the role, which two people decide about: it is taken away under Accounts",
    "lead_needed": "Nobody answers for the records any more: ask for another lead under Settings, Another lead",
}
"""What is said of each act, before or after whom it is about."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that the directory did."""

    at: datetime
    act: str
    user_id: UUID | None
    name: str | None
    group_name: str | None
    role: Role | None

    @property
    def words(self) -> str:
        """What happened."""
        return WORDS[self.act]


async def note(
    work: Work,
    connection_id: UUID,
    act: str,
    *,
    user_id: UUID | None = None,
    group_id: UUID | None = None,
    role: Role | None = None,
) -> None:
    """Write one line."""
    await work.driver.execute(
        ADD, work.organisation_id, clock.new_id(), connection_id, work.now(), act, user_id, group_id, role
    )


async def list_notes(work: Work, connection_id: UUID) -> tuple[Note, ...]:
    """The latest lines."""
    work.require(Permission.USERS_MANAGE)
    rows = await work.driver.fetch(LIST, connection_id, SHOWN)
    return tuple(_note(row) for row in rows)


def _note(row: Any) -> Note:
    role = Role(row["role"]) if row["role"] else None
    return Note(row["at"], row["act"], row["user_id"], row["name"], row["group_name"], role)
