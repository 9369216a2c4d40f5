"""Laying an inspection pack out by what its inspector asks, and saying what a reader has to know before reading."""

from typing import Final

from safeguard.evidence.bodies import Body, load_bodies
from safeguard.evidence.queries import AskedPack
from safeguard.evidence.report.model import Asked
from safeguard.evidence.report.saying import day

DRAWN: Final = {
    "inspector": "The cases were picked by the inspector, who named their references.",
    "lead": "The cases were picked by the safeguarding lead. They are not a random sample.",
}
AT_RANDOM: Final = (
    "The cases were drawn at random with the word “{seed}”: of all references of the period, those whose SHA-256 after"
    " that word and a line feed comes first. Whoever has the list of references can draw them again. Nothing here shows"
    " who chose the word: it is the inspector's own only if they know it for theirs. {before}"
)
FIRST_DRAW: Final = "It is the first pack that chance picked cases for, of any of these days and these headings."
LATER_DRAW: Final = (
    "Before it chance picked cases {many}, of some of these days and under these headings: ask for those packs too."
)
REDACTED: Final = (
    "Names are withheld. In the records each withheld value is replaced by its digest, so that what remains still"
    " verifies; in this report “Person 1” and so on stand for names that the records know. A name that no record knows,"
    " or a detail by which somebody could be told, may still stand in the words of the account."
)
ONE_PERSON: Final = "The names of everybody else are withheld; the names of the person whose file this is are not."
LAID_OUT: Final = (
    "The headings follow “{source}” ({name}), as it was read on {on}. The questions under them are in words of"
    " Safeguard's own."
)
NO_REVIEW: Final = (
    "No review stands in this pack: when it was asked for, none was signed off against a standard that these headings"
    " are about, and no other was chosen."
)
RESTRICTED: Final = (
    "This pack stands on the organisation's restricted log, which holds what is kept from somebody. What was logged"
    " before this incident was restricted stands in the general log, and in a pack of its own."
)


def asked_of(pack: AskedPack) -> tuple[Asked, ...]:
    """The inspector's headings; what was shown in full under one is only named under the next."""
    if pack.body is None:
        return ()
    seen: set[str] = set()
    found: list[Asked] = []
    for heading in load_bodies()[pack.body].headings:
        before = tuple(code for code in heading.shows if code in seen)
        seen.update(heading.shows)
        found.append(Asked(heading.title, heading.asks, heading.shows, before, heading.note))
    return tuple(found)


def notes_of(pack: AskedPack) -> tuple[str, ...]:
    """Whose headings they are, how cases were picked, what is withheld, which log it is."""
    notes = _of_layout(load_bodies()[pack.body], reviewed=pack.review_id is not None) if pack.body else []
    if pack.drawn:
        many = len(pack.sampled or ())
        notes.append(f"{many} of {pack.drawn_from} incidents of the period are told as cases.")
        notes.append(DRAWN.get(pack.drawn) or AT_RANDOM.format(seed=pack.seed, before=_before(pack.drawn_before)))
    if pack.redacted:
        notes.append(ONE_PERSON if pack.kind == "person" else REDACTED)
    if pack.log == "restricted":
        notes.append(RESTRICTED)
    return tuple(notes)


def _before(draws: int) -> str:
    """Whether words were tried before this one: a sample may be drawn until it suits."""
    return LATER_DRAW.format(many="once" if draws == 1 else f"{draws:,} times") if draws else FIRST_DRAW


def notes_of_names(unsure: int) -> tuple[str, ...]:
    """Of names that are words as well: that somebody has to read for them."""
    if not unsure:
        return ()
    many = "One name" if unsure == 1 else f"{unsure} names"
    return (
        f"{many} left out here can also be an everyday word. Written with a small letter such a word was kept: no"
        " program can tell which is meant, so whoever hands this on reads it for that first.",
    )


def _of_layout(body: Body, *, reviewed: bool) -> list[str]:
    """Where the headings are from, and whether the review that they ask for is there."""
    said = LAID_OUT.format(name=body.name, source=body.source, on=day(body.as_of))
    notes = [f"{said} {body.dated}".rstrip()] if body.source else []
    return notes if reviewed else [*notes, NO_REVIEW]
