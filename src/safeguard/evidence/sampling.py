"""Picking the cases of an inspection pack: by the references that somebody names, or by chance with a word.

By chance means: of every reference of the period the SHA-256 of the word, a line feed and the reference; the first few
in the order of these digests. Whoever has the list of references and the word gets the same cases, on any computer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, TypeAlias
from uuid import UUID

from safeguard import clock
from safeguard.errors import FieldError, Invalid
from safeguard.work import Work

Way: TypeAlias = Literal["inspector", "random", "lead"]

WAYS: Final[tuple[Way, ...]] = ("inspector", "random", "lead")
MOST: Final = 50
SEED_LIMIT: Final = 100
ALL: Final = """
select i.id, i.reference from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
    and i.recorded_at >= $1 and i.recorded_at < $2
order by i.reference
"""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How the cases are to be picked: `references` by whoever names them, or `many` by the word `seed`."""

    way: Way
    references: str = ""
    seed: str = ""
    many: int = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Which cases were picked, how, and from how many."""

    way: Way
    seed: str | None
    drawn_from: int
    ids: tuple[UUID, ...]


async def pick(work: Work, drawing: Drawing, since: datetime, until: datetime) -> Sample:
    """Pick the cases; raises `Invalid` naming the references that are not incidents of the period."""
    known = {str(row["reference"]): row["id"] for row in await work.driver.fetch(ALL, since, until)}
    if drawing.way == "random":
        seed = " ".join(drawing.seed.split()) or clock.random_bytes(8).hex()
        _check(len(seed) <= SEED_LIMIT, "seed", f"Up to {SEED_LIMIT} characters, please.")
        _check(seed.isprintable(), "seed", "A word of letters and figures, please.")
        _check(1 <= drawing.many <= MOST, "many", f"From 1 to {MOST} cases. How many?")
        chosen = draw(sorted(known), seed, drawing.many)
        return Sample("random", seed, len(known), tuple(known[reference] for reference in chosen))
    named = list(dict.fromkeys(map(clock.as_reference, re.split(r"[\s,;]+", drawing.references.strip()))))
    named = [reference for reference in named if reference]
    _check(bool(named), "references", "Name at least one incident by its reference, such as K7Q-3MX.")
    _check(len(named) <= MOST, "references", f"Up to {MOST} cases fit into one pack.")
    missing = [reference for reference in named if reference not in known]
    _check(not missing, "references", f"Not an incident of these days: {', '.join(missing[:10])}. Read it again.")
    return Sample(drawing.way, None, len(known), tuple(known[reference] for reference in named))


def draw(references: Sequence[str], seed: str, many: int) -> list[str]:
    """The first `many` of the references by SHA-256(seed LF reference)."""
    return sorted(references, key=lambda reference: sha256(f"{seed}\n{reference}".encode()).digest())[:many]


def _check(condition: bool, field: str, sentence: str) -> None:
    if not condition:
        raise Invalid(FieldError(field, sentence))
