"""What a person was part of, as other rooms tell it. This room knows none of them: `app` binds the one that does."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from safeguard.errors import Unavailable
from safeguard.web.viewing import Organisation
from safeguard.work import Work


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One person's part in one incident, in the organisation's words. Of the others it says nothing."""

    incident_id: UUID
    reference: str
    state: str
    risk: str
    recorded_at: datetime
    when: str
    """When it happened, as people say it; empty when nobody knows."""
    dated: str = ""
    """The same with its full date, for what is read on another day."""
    role: str
    role_code: str
    name: str
    """As it was written then."""
    notes: str
    kinds: tuple[str, ...]
    """What the incident is about."""
    beginning: str
    """The first words of the report, which may name others."""
    outcome: str
    """How it ended for this person."""
    outcome_words: str


class Mention(msgspec.Struct, frozen=True):
    """An incident that names somebody like a person, who was not tied to them."""

    incident_id: UUID
    reference: str
    recorded_at: datetime
    someone_id: UUID | None
    """Who in it has that name; None where only the account has it."""


class Parts(Protocol):
    """Whoever knows what people were part of."""

    async def of(self, work: Work, person_id: UUID, organisation: Organisation) -> tuple[Part, ...]:
        """Everything that the reader may know of, the earliest first."""
        ...

    async def mentions(self, work: Work, person_id: UUID) -> tuple[Mention, ...]:
        """Incidents that the reader may know of and that name somebody like them, untied, the newest first."""
        ...


_bound: list[Parts] = []


def bind(parts: Parts) -> None:
    """Say who knows. Bound once, at start."""
    _bound[:] = [parts]


async def list_parts(work: Work, person_id: UUID, organisation: Organisation) -> tuple[Part, ...]:
    """A person's chronology, the earliest first."""
    if not _bound:
        raise Unavailable
    return await _bound[0].of(work, person_id, organisation)


async def list_mentions(work: Work, person_id: UUID) -> tuple[Mention, ...]:
    """Where somebody of the same name stands and was tied to nobody, the newest first."""
    if not _bound:
        raise Unavailable
    return await _bound[0].mentions(work, person_id)
