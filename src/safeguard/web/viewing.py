"""Who is looking, as far as pages need to know: plain facts that outlive the transaction they were read in."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from safeguard.access.actors import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation whose pages these are."""

    id: UUID
    slug: str
    name: str
    kind: str
    nation: str
    time_zone: str
    state: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another organisation that the same person belongs to, and may switch to."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in, or a service with a token, in one organisation."""

    actor: Actor
    organisation: Organisation
    email: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    session_id: UUID | None = None
    authenticated_at: datetime | None = None
    """When they last proved who they are: step-up asks for five minutes."""
    factors: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()
    """The kinds of second factor that they have; none yet when it is empty."""
    is_shared: bool = False
    """On a computer that others use."""
    is_locked: bool = False
    """Nothing opens until they show again who they are."""
    unread: int = 0
    """Notices that they have not read; 100 means that many or more."""
    to_decide: int = 0
    """Acts that take two people and wait for this one to agree."""
    glass_until: datetime | None = None
    """Until when they read restricted records in an emergency; every page says so."""

    @property
    def name(self) -> str:
        """Their name in this organisation."""
        return self.actor.name


def viewer_of(actor: Actor, row: Any) -> Viewer:
    """The viewer that a session's or a token's row tells of (`identity.enter_session`, `identity.enter_token`)."""
    organisation = Organisation(
        actor.organisation_id, row.organisation_slug, row.organisation_name, row.organisation_kind,
        row.organisation_nation, row.organisation_time_zone, row.organisation_state,
    )  # fmt: skip
    if actor.kind is not ActorKind.PERSON:
        return Viewer(actor, organisation)
    return Viewer(
        actor, organisation, row.email, _elsewhere(row.elsewhere), row.session_id, row.authenticated_at,
        tuple(row.factors or ()), tuple(row.enrolled or ()), row.is_shared, row.is_locked, row.unread,
        glass_until=row.glass_until,
    )  # fmt: skip


def _elsewhere(found: Any) -> tuple[Elsewhere, ...]:
    listed: list[dict[str, str]] = json.loads(found) if isinstance(found, str) else found or []
    return tuple(Elsewhere(UUID(one["id"]), one["slug"], one["name"]) for one in listed)
