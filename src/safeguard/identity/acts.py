"""Acts that take two people: what they are, and the registry of all of them.

A room that has such an act describes it here by value and `app` binds it: what is asked is one row (a proposal), who
may ask and who may agree stand beside the act, and what happens on approval runs in the approver's own unit of work.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.work import Work

LASTS: Final = timedelta(days=14)

State = Literal["open", "approved", "declined", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that one person has asked for and another has to agree to."""

    id: UUID
    act: str
    subject_id: UUID
    incident_id: UUID | None
    concern_id: UUID | None
    details: Mapping[str, Any]
    told: str
    """What it is, in a sentence that also the outside second person reads: never content of a record."""
    reason: str
    """Why, in the words of whoever asks; shown to members only."""
    log: Literal["general", "restricted"]
    state: State
    version: int
    proposed_at: datetime
    proposed_by: UUID | None
    """None when whoever runs the service asked, from the command line."""
    proposed_by_name: str
    expires_at: datetime
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    decided_by_name: str = ""
    decision_reason: str = ""

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be decided."""
        return self.state == "open" and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of what members read of an act before they agree to it; the outside second person never does."""

    label: str
    value: str
    path: str = ""
    """The page that it leads to."""


Step = Callable[[Work, Proposal], Awaitable[None]]


async def _nothing(_work: Work, _proposal: Proposal) -> None:
    """Most acts leave nothing behind when they do not happen."""


async def _nobody(_work: Work, _proposal: Proposal) -> frozenset[UUID]:
    return frozenset()


async def _no_lines(_work: Work, _proposal: Proposal) -> tuple[Shown, ...]:
    """What is told says all there is to say of most acts."""
    return ()


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act that takes two people."""

    code: str
    """`noun.verb`, kept in records for decades."""
    name: str
    """The kind of act, as the outside second person reads it: "Give somebody the role of lead"."""
    proposers: frozenset[Role]
    approvers: frozenset[Role]
    perform: Step
    """What happens on approval; raises a `DomainError` when it no longer can."""
    dropped: Step = _nothing
    """What becomes of it when it is declined or withdrawn."""
    outside: bool = True
    """Whether the outside second person may agree to it, while nobody of the organisation can."""
    kept_from: Callable[[Work, Proposal], Awaitable[frozenset[UUID]]] = _nobody
    """Members who neither see nor decide it: whom it is about."""
    shown: Callable[[Work, Proposal], Awaitable[tuple[Shown, ...]]] = _no_lines
    """What members read of it, who may see it at all."""
    lasts: timedelta = LASTS


_acts: dict[str, Act] = {}


def bind(*acts: Act) -> None:
    """Make these acts known to this process; binding one again replaces it."""
    _acts.update({act.code: act for act in acts})


def get(code: str) -> Act:
    """The act of that code; raises `KeyError` for one that nobody bound."""
    if code not in _acts:
        raise KeyError(f"{code!r} is no act of this process: bind it in safeguard.app")
    return _acts[code]


def find(code: str) -> Act | None:
    """The act of that code, if this process knows it."""
    return _acts.get(code)


def codes_for(roles: Iterable[Role]) -> list[str]:
    """The acts to which somebody with one of these roles may agree."""
    return sorted(code for code, act in _acts.items() if not act.approvers.isdisjoint(roles))


def longest() -> timedelta:
    """How long anything may wait at most: nothing that was asked for before is open."""
    return max((act.lasts for act in _acts.values()), default=LASTS)
