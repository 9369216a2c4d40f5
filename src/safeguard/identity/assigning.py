"""What a lead assigns to a pastoral member: groups of people, issues, risk areas. It holds from the next request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.identity import managing
from safeguard.work import Work

MOST: Final = 50
LONGEST: Final = 100

READ: Final = "select kind, value from pastoral_scopes where user_id = $1 order by kind, value"
CLEAR: Final = "delete from pastoral_scopes where user_id = $1"
ADD: Final = """
insert into pastoral_scopes (organisation_id, user_id, kind, value, set_at, set_by) values ($1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pastoral member sees beside their own reports."""

    groups: tuple[str, ...] = ()
    """Year groups, teams or units, as they are written in incidents."""
    issue_types: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()


async def read_scope(work: Work, user_id: UUID) -> Scope:
    """What is assigned to a member."""
    found: dict[str, list[str]] = {"group": [], "issue_type": [], "risk_area": []}
    for row in await work.driver.fetch(READ, user_id):
        found[row["kind"]].append(row["value"])
    return Scope(tuple(found["group"]), tuple(found["issue_type"]), tuple(found["risk_area"]))


async def assign(work: Work, user_id: UUID, scope: Scope) -> None:
    """Assign this and nothing else; raises `Conflict` for somebody without the pastoral role."""
    work.require(Permission.INCIDENT_TRIAGE)
    if Role.PASTORAL not in (await managing.get_held(work, user_id)).roles:
        raise Conflict("This person does not have the pastoral role, so nothing can be assigned to them.")
    await work.driver.execute(CLEAR, user_id)
    for kind, values in _of(scope).items():
        for value in values:
            await work.driver.execute(ADD, work.organisation_id, user_id, kind, value, work.now(), work.actor.user_id)
    work.record("membership.assigned", user_id)


def read_groups(typed: str) -> tuple[str, ...]:
    """The groups in a list with commas or line breaks between them; raises `Invalid` for too many or too long ones."""
    groups = tuple(
        dict.fromkeys(" ".join(part.split()) for part in typed.replace("\n", ",").split(",") if part.strip())
    )
    if len(groups) > MOST or any(len(group) > LONGEST for group in groups):
        raise Invalid(FieldError("groups", f"Write up to {MOST} groups, each of up to {LONGEST} characters."))
    return groups


def _of(scope: Scope) -> Mapping[str, Iterable[str]]:
    return {"group": scope.groups, "issue_type": scope.issue_types, "risk_area": scope.risk_areas}
