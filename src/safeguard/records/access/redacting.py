"""Redacting the working copy: words that are blacked out wherever they stand, each on a ground; things left out whole.

A redaction is a phrase, not a rectangle: what is released is set anew from text in which it no longer is, so that
nothing lies beneath. It covers labels as well as words, in any case, however its blanks are. Only of a name that was
found by itself and is a word of every day too ("Will", "Grace") what is written small stays, and the page asks.

Of a name of which one half alone is known, "Olu Kaur" in the family of a Kaur, the half that stands beside it goes with
it, as it does in packs (`evidence.packs.halves`).
"""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.evidence.packs.everyday import is_everyday
from safeguard.evidence.packs.halves import halves_of
from safeguard.evidence.packs.spelling import composed, letters, straight
from safeguard.records.access.handling import open_request
from safeguard.records.access.queries import Item, Redaction, Request, get_request, list_redactions
from safeguard.records.access.wording import CODES, WITHHELD
from safeguard.work import Work

ADD: Final = """
insert into public.access_redactions (organisation_id, id, request_id, phrase, code, automatic, added_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, false, $5)
"""
UNDO: Final = """
update public.access_redactions set undone_by_name = case when undone_by_name is null then $3 end
where organisation_id = (select sec.current_organisation()) and request_id = $1 and id = $2
"""
WITHHOLD: Final = """
update public.access_items set withheld = $3, enclosed_by_name = null
where organisation_id = (select sec.current_organisation()) and request_id = $1 and id = $2
"""
TOUCH: Final = """
update public.access_requests set version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""


class Marker:
    """Blacks out every phrase that stands, the longest first, however its hyphens and accents are typed."""

    def __init__(self, redactions: Iterable[Redaction], own: Iterable[str] = ()) -> None:
        """`own` are the names of whom it is about: none of their words goes as the half of another's."""
        standing = sorted((each for each in redactions if not each.undone_by_name), key=lambda each: -len(each.phrase))
        self._codes = {_folded(each.phrase): each.code for each in reversed(standing)}
        joined = "|".join(map(_pattern, standing))
        self.phrases = tuple(each.phrase for each in standing)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)") if joined else None
        self._halves = halves_of((each.phrase.casefold() for each in standing if each.is_automatic), own)
        by_hand = {_folded(each.phrase) for each in standing if not each.is_automatic}
        small = sorted({each.phrase.lower() for each in standing if _is_word_too(each)} - by_hand)
        self._small = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, small))})(?!\w)") if small else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        text, told, at = composed(text), "", 0
        for found in self._pattern.finditer(text) if self._pattern else ():
            before = text[at : found.start()]
            half = self._halves.beside(before, found[0])
            told += before[: half.start()] if half else before
            told += WITHHELD[self._codes[_folded(found[0])]]
            at = max(at, self._halves.after(text, found))
        return told + text[at:]

    def unsure(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Names that are words of every day too and stand in these texts written small, where they are not covered."""
        if self._small is None:
            return ()
        return tuple(sorted({found[0] for text in texts for found in self._small.finditer(composed(text))}))

    def find(self, text: str) -> str:
        """One of them that stands in it; empty for none."""
        found = self._pattern.search(composed(text)) if self._pattern else None
        return found[0] if found else ""

    def left_in(self, text: str) -> str:
        """One of them that still stands in it, but for the words that stand in their place; empty for none."""
        for said in (*WITHHELD.values(), *CODES.values()):
            text = text.replace(said, "\0")  # no blank: what stood on both sides does not become a phrase
        return self.find(text)


async def marker_of(work: Work, request: Request) -> Marker:
    """What is blacked out of the answer to this request now."""
    return Marker(await list_redactions(work, request.id), [request.about_name])


def _is_word_too(each: Redaction) -> bool:
    """Whether it is one word of every day, found by itself: whoever adds one means it wherever it stands."""
    return each.is_automatic and " " not in each.phrase and is_everyday(each.phrase)


def _pattern(each: Redaction) -> str:
    if _is_word_too(each):
        return f"{re.escape(each.phrase.capitalize())}|{re.escape(each.phrase.upper())}"
    spaced = r"\s+".join(map(letters, each.phrase.split()))
    return f"(?i:{spaced})"


def _folded(phrase: str) -> str:
    return " ".join(straight(phrase).lower().replace("ß", "ss").split())


def redacted(items: Iterable[Item], marker: Marker) -> list[dict[str, object]]:
    """What would be released: each thing with its words blacked out, or that it is withheld, and why."""
    return [
        {"label": marker(item.label), "withheld": CODES[item.withheld], "passages": []}
        if item.withheld
        else {
            "label": marker(item.label),
            "withheld": "",
            "passages": [{"label": marker(label), "words": marker(words)} for label, words in item.passages],
        }
        for item in items
    ]


async def add_redaction(work: Work, request_id: UUID, phrase: str, code: str) -> None:
    """Black these words out wherever they stand; raises `Invalid` for too few letters."""
    request = await open_request(work, request_id)
    said = " ".join(phrase.split())
    if len(said) < 2:
        raise Invalid(FieldError("phrase", "Write the words to black out: two letters at least."))
    await work.driver.execute(ADD, clock.new_id(), request.id, said, code, work.actor.name)
    await tell_of_copy(work, request_id)


async def turn_redaction(work: Work, request_id: UUID, redaction_id: UUID) -> None:
    """Show these words again, or black them out again; raises `NotFound`."""
    await open_request(work, request_id)
    if await work.driver.execute(UNDO, request_id, redaction_id, work.actor.name) != "UPDATE 1":
        raise NotFound
    await tell_of_copy(work, request_id)


async def withhold(work: Work, request_id: UUID, item_id: UUID, code: str | None) -> None:
    """Leave one thing out whole, on a ground; or put it in again. Raises `NotFound`."""
    await open_request(work, request_id)
    if await work.driver.execute(WITHHOLD, request_id, item_id, code) != "UPDATE 1":
        raise NotFound
    await tell_of_copy(work, request_id)


async def tell_of_copy(work: Work, request_id: UUID) -> None:
    """Tell the log that the copy was changed."""
    await work.driver.execute(TOUCH, request_id)
    work.record("access.redacted", request_id, version=(await get_request(work, request_id)).version)
