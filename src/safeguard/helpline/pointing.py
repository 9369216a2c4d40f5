"""What a caller can be pointed to: the desk's own list and the library of what helps, each thing once, under one code.

`desk.toml` comes first and names what `resources.toml` says of the same thing; what else the library has follows under
its own code, and then what the helpline added to its library itself. Codes are what entries keep and what is counted;
names, hints and links may change with the files. Links are text that somebody may open or send: nothing here fetches
them.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from safeguard.helpline.desk import load_desk
from safeguard.standards.resources import Resource, library_of
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

OURSELVES: Final = "posh"
"""Of the library: this helpline. Nobody who has reached it is pointed to it."""
CALLERS_OWN: Final = MappingProxyType({"staff": "staff", "staff_member": "member of staff"})
"""Words that mean the caller's organisation here, and not the helpline itself."""
OWN: Final = """
select r.id, r.title, r.summary, r.links, r.issues, r.withdrawn_at is not null as withdrawn from public.own_resources r
where r.organisation_id = (select sec.current_organisation()) and r.kind <> 'question' order by lower(r.title), r.id
"""
_PLACE: Final = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?$")


@dataclass(frozen=True, slots=True)
class Link:
    """Where something is found."""

    words: str
    href: str = ""
    """The address to open; empty where there is none in it."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Something that callers are pointed to."""

    code: str
    name: str
    hint: str
    links: tuple[Link, ...] = ()
    steps: tuple[str, ...] = ()
    issues: frozenset[str] = frozenset()
    looked_in: str = ""
    """Everything in which a search looks."""
    own: bool = False
    """Whether the helpline added it itself."""
    withdrawn: bool = False
    """Whether nobody is pointed to it any more; entries that name it still say what it was."""

    @property
    def paragraph(self) -> str:
        """As an answer says it: name, what it is for, where it is."""
        return "\n".join(part for part in (self.name, self.hint, *(link.words for link in self.links)) if part)


@cache
def pointers_of(profile: Profile) -> Mapping[str, Pointer]:
    """Everything by its code, the desk's own list first, in the words of this organisation."""
    theirs = dataclasses.replace(profile, words={**profile.words, **CALLERS_OWN})
    library = {each.code: each for each in library_of(theirs).resources}
    desk = load_desk().guidance
    own = {
        code: _pointer(code, each.name, each.hint, each.links, library.get(each.resource))
        for code, each in desk.items()
    }
    taken = {each.resource for each in desk.values()} | own.keys() | {OURSELVES}
    further = {
        code: _pointer(code, each.title, each.summary, (), each) for code, each in library.items() if code not in taken
    }
    return MappingProxyType(own | further)


async def read_pointers(work: Work, profile: Profile) -> Mapping[str, Pointer]:
    """Everything by its code, with what the helpline added itself, shown or withdrawn."""
    own = {f"own-{row['id']}": _own(row) for row in await work.driver.fetch(OWN)}
    return MappingProxyType({**pointers_of(profile), **own})


async def are_known(work: Work, codes: Iterable[str]) -> bool:
    """Whether somebody can be pointed to all of these."""
    known, asked = pointers_of(profile_of("helpline")), set(codes)
    if asked <= known.keys():
        return True
    known = await read_pointers(work, profile_of("helpline"))
    return asked <= known.keys() and not any(known[code].withdrawn for code in asked)


def find_pointers(pointers: Mapping[str, Pointer], text: str) -> tuple[Pointer, ...]:
    """Those that hold every word of `text`; all of them where nothing is asked. Its own come first."""
    words = text.casefold().split()
    found = (each for each in pointers.values() if all(word in each.looked_in for word in words))
    return tuple(sorted((each for each in found if not each.withdrawn), key=lambda each: not each.own))


def helping(pointers: Mapping[str, Pointer], issues: Iterable[str]) -> tuple[Pointer, ...]:
    """What helps with a case of these issues: what most of them name comes first, and before its like its own."""
    asked = set(issues)
    found = [each for each in pointers.values() if asked & each.issues and not each.withdrawn]
    return tuple(sorted(found, key=lambda each: (-len(asked & each.issues), not each.own)))


def _pointer(code: str, name: str, hint: str, links: tuple[str, ...], known: Resource | None) -> Pointer:
    every = tuple(dict.fromkeys((*links, *(known.links if known else ()))))
    steps, issues = (known.steps, known.issues) if known else ((), ())
    words = " ".join((name, hint, *every, *steps, *issues, known.summary if known else "")).casefold()
    return Pointer(code, name, hint, tuple(_link(each) for each in every), steps, frozenset(issues), words)


def _own(row: Any) -> Pointer:
    links = tuple(_link(each) for each in row["links"])
    words = " ".join((row["title"], row["summary"], *row["links"], *row["issues"])).casefold()
    return Pointer(
        f"own-{row['id']}", row["title"], row["summary"], links, (), frozenset(row["issues"]), words, own=True,
        withdrawn=row["withdrawn"],
    )  # fmt: skip


def _link(text: str) -> Link:
    """An address at the end of the text leads there; what is named without one stays words."""
    place = _PLACE.search(text)
    return Link(text, f"https://{place.group()}" if place else "")
