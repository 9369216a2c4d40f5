"""Trying a connection: the whole way there and back with one's own account, each step told in words.

Nobody is signed in by it, and nobody is linked. What went wrong is said as whoever set it up can mend it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from safeguard.access.actors import system
from safeguard.errors import DomainError
from safeguard.identity.signing_in import PURPOSE
from safeguard.sign_on import connecting, going
from safeguard.sign_on.going import Answer, Attempt
from safeguard.sign_on.providers import find_keys, find_provider
from safeguard.sign_on.tokens import Claims
from safeguard.work import begin

LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: how it went, and what was seen."""

    name: str
    well: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Every step up to the first that did not go well."""

    label: str
    steps: tuple[Step, ...]

    @property
    def well(self) -> bool:
        """Whether the connection can be opened."""
        return all(step.well for step in self.steps)


async def try_it(attempt: Attempt, answer: Answer, return_address: str) -> Trial:
    """Go the whole way, and keep how it went."""
    steps = [step async for step in _steps(attempt, answer, return_address)]
    trial = Trial(attempt.label, tuple(steps))
    async with begin(system(attempt.organisation_id), purpose=PURPOSE) as work:
        await connecting.note_tried(work, attempt.connection_id, well=trial.well)
    return trial


async def _steps(attempt: Attempt, answer: Answer, return_address: str) -> AsyncIterator[Step]:
    name = "The provider says what it is"
    try:
        provider = await find_provider(attempt.issuer, afresh=True)
        yield Step(name, True, provider.issuer)
        name = "Its keys can be read"
        keys = await find_keys(provider, afresh=True)
        yield Step(name, True, "1 key" if len(keys.keys) == 1 else f"{len(keys.keys)} keys")
        name = "Your sign-in there came back, and was believed"
        claims = await going.hear(attempt, answer, return_address)
        yield Step(name, True, f"Signed by {provider.issuer} for {attempt.client_id}")
    except DomainError as refusal:
        yield Step(name, False, refusal.detail)
        return
    yield _immutable(attempt, claims)
    if attempt.two_claim:
        yield _two(attempt, claims)


def _immutable(attempt: Attempt, claims: Claims) -> Step:
    found = claims.immutable(attempt.subject_claim)
    name = f"It names your account for good (the claim “{attempt.subject_claim}”)"
    return Step(name, found is not None, found or "The claim is not there. Choose the other one.")


def _two(attempt: Attempt, claims: Claims) -> Step:
    """Not a fault when this once no second factor was asked for, so long as the provider says anything at all."""
    said: Any = claims.said.get(attempt.two_claim)
    name = f"It says whether it asked for a second factor (the claim “{attempt.two_claim}”)"
    if said is None:
        return Step(name, False, "The claim is not there, so everybody will be asked for their second step here.")
    two = claims.says_two(attempt.two_claim, attempt.two_value)
    meaning = "which counts as two factors" if two else "which counts as one: the second step is asked for here"
    shown = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
    return Step(name, True, f"It says “{shown:.{LONGEST_SHOWN}}”, {meaning}.")
