"""What a form sent, exactly as it was typed: names with one or more values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

CSRF = "csrf_token"
FORM_ID = "form_id"
KEPT = "kept"
DRAFT, DRAFT_VERSION, DRAFT_PLACE = "draft", "draft_version", "draft_place"
DRAFTING = frozenset({DRAFT, DRAFT_VERSION, DRAFT_PLACE})
"""Which draft a form is kept in: it goes on changing while the form is on its way."""
MACHINERY = frozenset({CSRF, FORM_ID, KEPT, "later"}) | DRAFTING
"""Fields that carry the page's own business, not what a person typed."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one form, in the order sent."""

    pairs: tuple[tuple[str, str], ...] = ()
    _by_name: dict[str, list[str]] = field(default_factory=dict[str, list[str]], compare=False)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Fields from name and value pairs."""
        kept = tuple(pairs)
        by_name: dict[str, list[str]] = {}
        for name, value in kept:
            by_name.setdefault(name, []).append(value)
        return cls(kept, by_name)

    def get(self, name: str) -> str:
        """The first value, or an empty string: a field left out is a field left empty."""
        values = self._by_name.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Every value: the boxes that were ticked."""
        return self._by_name.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def sent(self) -> tuple[tuple[str, str], ...]:
        """Everything but the token of the session: what would be sent again."""
        return tuple(pair for pair in self.pairs if pair[0] != CSRF)

    def content(self) -> tuple[tuple[str, str], ...]:
        """What the form says, whichever session and draft it is of."""
        return tuple(pair for pair in self.sent() if pair[0] not in DRAFTING)

    def typed(self) -> tuple[tuple[str, str], ...]:
        """What a person filled in: without the page's own machinery and without what is empty."""
        return tuple((name, value) for name, value in self.pairs if name not in MACHINERY and value.strip())
