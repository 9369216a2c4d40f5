"""How names and words are compared, here and in the database: the same whichever way they were typed."""

from typing import Final

from safeguard.evidence.packs.spelling import APOSTROPHES, HYPHENS, UNSEEN, straight

WAYS: Final = (APOSTROPHES + HYPHENS + UNSEEN).replace("'", "''")
PLAIN: Final = "''" * len(APOSTROPHES) + "-" * len(HYPHENS)
"""What each of those is compared as; what nobody sees, as nothing."""


def folded(text: str) -> str:
    """In lower case, one blank for any, one kind of apostrophe and of hyphen, no letter in pieces."""
    return " ".join(straight(text).lower().split())


def folded_in(expression: str) -> str:
    """The same in SQL, of an expression that is written by us."""
    return rf"regexp_replace(translate(normalize(lower({expression})), '{WAYS}', '{PLAIN}'), '\s+', ' ', 'g')"
