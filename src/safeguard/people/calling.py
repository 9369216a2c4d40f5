"""Whom a search means by a name: for a search of something else, that people are linked to."""

import re
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.people.finding import find
from safeguard.people.naming import terms_of, words_of
from safeguard.people.person import Found
from safeguard.work import Work

MOST: Final = 20
_OPERATORS: Final = re.compile(r'(^|\s)-\S|"|\bor\b', re.IGNORECASE)
"""What makes of words a question: then nobody's name is meant."""


async def called(work: Work, text: str) -> list[UUID]:
    """Up to twenty people with a name that begins with each of these words; nobody for whoever may not look people up.

    Only names: "year 9" is no person, and a name that is nearly so would bring records of somebody who was not meant.
    """
    terms = terms_of(text)
    if not terms or _OPERATORS.search(text) or not work.may(Permission.PERSON_READ):
        return []
    return [one.id for one in await find(work, text, MOST) if is_called(one, terms)]


def is_called(one: Found, terms: list[str]) -> bool:
    """Whether each of the words begins one of this person's names."""
    names = words_of(f"{one.given_name} {one.family_name} {one.known_as}")
    return all(any(name.startswith(term) for name in names) for term in terms)
