"""What a token's scopes mean, in words, and which of them fit a role.

Words stand beside the table that enforces them (`access.policy.OPENED`); a scope without words would stop the tests.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from safeguard.access.policy import scopes_of
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.errors import FieldError, Invalid

EVERYTHING: Final = None
"""Whatever its role may: tokens of before scopes, and what the command line makes when it is told to."""

PARTS: Final[tuple[tuple[str, dict[Scope, str]], ...]] = (
    ("Records", {
        Scope.INCIDENTS_RECORD: "Record incidents and file alerts",
        Scope.INCIDENTS_READ: "Read incidents, with the people in them",
        Scope.INCIDENTS_WRITE: "Add entries to incidents",
        Scope.ATTACHMENTS_READ: "Read and download files",
        Scope.ATTACHMENTS_WRITE: "Attach files",
        Scope.PEOPLE_READ: "Read the list of people, with addresses",
        Scope.PEOPLE_WRITE: "Add people, and send rosters",
        Scope.CONCERNS_RAISE: "Raise concerns about adults who work here",
        Scope.REFERRALS_READ: "Read referrals",
        Scope.REFERRALS_WRITE: "Refer to the helpline, and write to it",
        Scope.TRANSFERS_WRITE: "Follow people's files to the next place, and send them",
    }),
    ("Registers and figures", {
        Scope.REGISTERS_READ: "Read who was trained, who signed policies, meetings and voices",
        Scope.REGISTERS_WRITE: "Write down who was at a training",
        Scope.FILTERING_READ: "Read the checks of filtering",
        Scope.FILTERING_WRITE: "Write down checks of filtering",
        Scope.INSIGHTS_READ: "Read figures",
    }),
    ("Evidence", {
        Scope.EVIDENCE_READ: "See which packs there are",
        Scope.EVIDENCE_EXPORT: "Make packs and download them",
    }),
)  # fmt: skip
WORDS: Final[dict[Scope, str]] = {scope: words for _, listed in PARTS for scope, words in listed.items()}


@dataclass(frozen=True, slots=True)
class Offered:
    """Scopes under a heading, as (code, words)."""

    title: str
    scopes: tuple[tuple[str, str], ...]


def offered() -> tuple[Offered, ...]:
    """Every scope, as the page offers it."""
    return tuple(
        Offered(title, tuple((scope.value, words) for scope, words in listed.items())) for title, listed in PARTS
    )


def in_words(codes: Collection[str]) -> tuple[str, ...]:
    """Scopes in words, in the order of the page; a code that is not known any more as it is."""
    known = [words for scope, words in WORDS.items() if scope in codes]
    return (*known, *sorted(code for code in codes if code not in set(Scope)))


def read(codes: Collection[str]) -> frozenset[Scope]:
    """The scopes of these codes, which stand on the page."""
    return frozenset(map(Scope, codes))


def check(role: Role, scopes: frozenset[Scope] | None) -> None:
    """Raise `Invalid` for no scope at all, and for one that would open nothing to this role."""
    if scopes is EVERYTHING:
        return
    if not scopes:
        raise Invalid(FieldError("scopes", "Choose what it is for: at least one of these."))
    if idle := scopes - set(scopes_of(frozenset({role}))):
        named = ", ".join(f"“{words}”" for words in in_words(idle))
        raise Invalid(FieldError("scopes", f"The role that you chose may not do this, so leave it out: {named}."))
