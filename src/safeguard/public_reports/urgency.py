"""Whether what somebody writes says that they may be in danger: by the words that the profile holds for it.

Nothing is decided by it but how soon somebody is told. What it does not know waits as a new report does, so a sentence
without any of these words is never lost. (The road not taken: asking "Are you in danger now?" again, of a child who has
just found the courage to write.)
"""

import re
from functools import cache
from typing import Final

from safeguard.public_reports.sent import Sent

_APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u02bc": "'"})


def says_danger(words: str, telling: tuple[str, ...]) -> bool:
    """Whether one of these words, or a word that begins so, stands in what was written."""
    plain = " ".join(words.lower().translate(_APOSTROPHES).split())
    return bool(telling) and _any_of(telling).search(plain) is not None


def sounds_urgent(sent: Sent, telling: tuple[str, ...]) -> bool:
    """Whether a report, or what was written after it while it was held, says so: by its answer or by its words."""
    said = (sent.words, *(more.words for more in sent.more))
    return bool(sent.danger) or any(says_danger(words, telling) for words in said)


@cache
def _any_of(telling: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in telling)})")
