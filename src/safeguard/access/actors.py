"""Who acts: a person, a service with a token, the system itself, or the platform's operator."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from safeguard.access.roles import WEIGHT, Role
from safeguard.access.scopes import Scope


class ActorKind(StrEnum):
    """What kind of actor this is."""

    PERSON = "person"
    SERVICE = "service"
    SYSTEM = "system"
    OPERATOR = "operator"
    PUBLIC = "public"
    """Whoever writes by the public page: no account, no name that could be checked."""
    PROVISIONER = "provisioner"
    """An organisation's directory, which says who joins and who leaves, and reads nothing else."""
    OUTSIDE = "outside"
    """The outside second person, who came by a one-time link and decides one thing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something acting in one organisation."""

    kind: ActorKind
    organisation_id: UUID
    user_id: UUID | None
    roles: frozenset[Role]
    name: str = ""
    assured: bool = True
    """Whether two factors were shown. False only for somebody signed in with one: they read no record."""
    scopes: frozenset[Scope] | None = None
    """What a program's token was made for; None: everything that its role may, and so for everybody but programs."""
    answering: frozenset[Role] | None = None
    """What whoever answers for a program holds now: it may do nothing that they may not. None: nobody bounds it."""

    @property
    def role(self) -> str:
        """The role that the audit log names: the weightiest one held, or `system`."""
        if self.kind is ActorKind.SYSTEM:
            return "system"
        return next((role.value for role in WEIGHT if role in self.roles), self.kind.value)


def system(organisation_id: UUID) -> Actor:
    """The service itself, at work in one organisation."""
    return Actor(ActorKind.SYSTEM, organisation_id, None, frozenset(), "Safeguard")
