"""Confidence: what a caller says in confidence stays in the helpline's record, unless somebody is at risk.

Nothing sends such an entry anywhere. What can go wrong is that somebody repeats it in words that do leave: an answer, a
reason, a step of an address, a story in the report. Those are held against what was said in confidence in the same
case, and a run of its words is refused, with the way on: other words, or a note that it was told on because somebody is
at risk. What the caller said openly as well, or was told on already, may be repeated. A caller's own mailbox counts as
somewhere else: at work, others read it too.

The words themselves are compared, not their meaning: this catches what was copied, and people answer for the rest.
"""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from safeguard.errors import FieldError, Invalid
from safeguard.work import Work

RUN: Final = 5
"""Words in a row that count as repeated; what was confided in fewer is looked for whole."""
FEWEST: Final = 2
"""One word alone gives nothing away that it would be right to refuse an answer for."""
SAID: Final = """
select e.kind, e.words from public.helpline_entries e
where e.organisation_id = (select sec.current_organisation()) and e.case_id = any ($1)
    and e.kind in ('confidence', 'contact', 'told_on') and e.words <> '' and exists (
        select from public.helpline_entries s
        where s.organisation_id = (select sec.current_organisation()) and s.case_id = e.case_id
            and s.kind = 'confidence')
"""
REFUSED: Final = (
    "“{words}” was said in confidence, and this would leave the helpline. Say it in other words, or leave it out. "
    "Where somebody is at risk, first note to whom you told it and why."
)
_WORD: Final = re.compile(r"\w+(?:['’]\w+)*")


async def keep_confidence(work: Work, cases: Iterable[UUID], words: str, field: str) -> None:
    """Raise `Invalid` where words that are about to leave repeat what was said in confidence in one of these cases."""
    if not words:
        return
    said = await work.driver.fetch(SAID, list(cases))
    confided = [row["words"] for row in said if row["kind"] == "confidence"]
    found = repeated(words, confided, [row["words"] for row in said if row["kind"] != "confidence"])
    if found:
        raise Invalid(FieldError(field, REFUSED.format(words=found)))


def repeated(words: str, confided: Iterable[str], free: Iterable[str] = ()) -> str:
    """The first run of confided words that `words` repeats, as it stands there; empty where there is none.

    Case, punctuation and line breaks make no difference. A run that stands in `free` as well is nobody's secret.
    """
    openly = {run for each in free for length in range(FEWEST, RUN + 1) for run in _runs(_words(each), length)}
    secret = {run for each in confided for run in _runs(_words(each), min(RUN, len(_words(each))))} - openly
    told, places = _words(words), list(_WORD.finditer(words))
    for length in range(RUN, FEWEST - 1, -1):
        for at, run in enumerate(_runs(told, length)):
            if run in secret:
                return words[places[at].start() : places[at + length - 1].end()]
    return ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(found.group().casefold().replace("’", "'") for found in _WORD.finditer(text))


def _runs(words: tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    return [words[at : at + length] for at in range(len(words) - length + 1)] if length >= FEWEST else []
