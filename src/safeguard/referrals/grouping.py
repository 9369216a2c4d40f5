"""Classes, teams and groups of an incident's own people, in a text that is about to leave: shown, and no more.

"A girl of 9E" tells a whole school who it is, and the helpline nothing. It is a hint: a group's name may be a word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from safeguard.referrals.naming import Found, Named

SHORTEST: Final = 2
MOST: Final = 20
"""So many places of one text; whoever has seen so many knows."""
BETWEEN: Final = r"[^\w\n]{0,3}"
PIECES: Final = re.compile(r"[0-9]+|[^\W0-9_]+")


def find_groups(texts: Mapping[str, str], people: Iterable[Named]) -> Iterator[Found]:
    """What in these texts, by field, is the name of a group of somebody in the incident; each once."""
    patterns = [_pattern(group) for group in sorted({named.group for named in people if len(named.group) >= SHORTEST})]
    for field, text in texts.items():
        found = dict.fromkeys(match.group() for pattern in patterns for match in pattern.finditer(text))
        for words in list(found)[:MOST]:
            yield Found(field, "group", words)


def _pattern(group: str) -> re.Pattern[str]:
    """A group's name however it is spaced: "9E", "9 e", "9-E"."""
    pieces = PIECES.findall(group) or [re.escape(group)]
    return re.compile(rf"(?<!\w){BETWEEN.join(pieces)}(?!\w)", re.IGNORECASE)
