"""What every table's model shares, and what each column says of itself.

Each column of an owned table is in one of three treatments: `plain` (ids, times, states, counts, vocabulary codes),
`words` (free text that somebody wrote, which may hold anything) and `identifies` (a name, a birthday, a handle). From
these follow redaction, export and disposal, and a test refuses a column of text that declares none.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Kind(StrEnum):
    """What a column may tell of a person."""

    PLAIN = "plain"
    WORDS = "words"
    IDENTIFIES = "identifies"


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one column may tell, and where its value goes."""

    kind: Kind
    committed: bool
    """Whether its value is part of the committed document of each version (EVIDENCE: commitments)."""
    exported: bool


def plain(*, committed: bool = False, exported: bool = True) -> dict[str, Any]:
    """A column that tells nothing of a person by itself."""
    return {"treatment": Treatment(Kind.PLAIN, committed, exported)}


def words(*, committed: bool = True, exported: bool = True) -> dict[str, Any]:
    """Free text: may hold anything, so it is reviewed by a person before it leaves redacted."""
    return {"treatment": Treatment(Kind.WORDS, committed, exported)}


def identifies(*, committed: bool = True, exported: bool = True) -> dict[str, Any]:
    """A value that says who somebody is; leaves a redacted copy only as its digest."""
    return {"treatment": Treatment(Kind.IDENTIFIES, committed, exported)}


class Base(DeclarativeBase):
    """The one registry of models."""

    metadata = MetaData(naming_convention=NAMING)


class Owned:
    """A row that belongs to one organisation: the organisation leads its key, and every key that points to it."""

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
