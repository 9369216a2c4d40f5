"""Searching the library: by words, by the names of what a resource helps with, and by a platform.

Whoever names a platform wants to tell it, or to know who can: they are shown where it takes reports, and everything
that speaks of platforms. With another word beside it ("tiktok bullying") that word says what the trouble is.
"""

import re
from dataclasses import dataclass
from typing import Final

from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.resources import Alike, Library, Question, Resource
from safeguard.tenancy.profile import Platform, Profile

ANY_PLATFORM: Final = "platform"
NO_PLATFORM: Final = "general"
"""The family of what is not one platform: email, a website."""

SHORTEST: Final = 3
"""Letters: the name of a platform that is shorter is found within other words everywhere, and tells nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    resources: tuple[Resource, ...]
    questions: tuple[Question, ...]
    platforms: tuple[Platform, ...] = ()


def search(library: Library, profile: Profile, text: str) -> Found:
    """What holds every word of `text`; everything where nothing is asked."""
    named = _with_names(library, profile)
    as_written = Found(named.found(text), named.answered(text))
    platforms = {each: rest for each in profile.platforms.values() if (rest := _without(each, text)) is not None}
    if not platforms:
        return as_written
    if len(text) < SHORTEST:
        as_written = Found((), ())
    rest = min(platforms.values(), key=len) or ANY_PLATFORM
    more = tuple(each for each in named.found(rest) if each not in as_written.resources)
    questions = tuple(each for each in named.answered(rest) if each not in as_written.questions)
    return Found(as_written.resources + more, as_written.questions + questions, tuple(platforms))


def _with_names(library: Library, profile: Profile) -> Library:
    framework = framework_of(BUILT_IN, profile)
    controls = {("control", each.code): each.name for each in framework.controls} if framework else {}
    issues = {("issue", code): each.name for code, each in profile.issues.items()}
    areas = {("risk_area", code): each.name for code, each in profile.risk_areas.items()}
    return library.naming(issues | areas | controls, _words(profile))


def _words(profile: Profile) -> tuple[Alike, ...]:
    """The field's words and what is said for them here: somebody in a club may ask for governors."""
    pairs = [(key, said) for key, said in profile.words.items() if "_" not in key]
    pairs += [(short, profile.word("lead")) for short in ("dsl", profile.word("lead_short"))]
    return tuple(Alike((asked.casefold(), said.casefold())) for asked, said in pairs)


def _without(platform: Platform, text: str) -> str | None:
    """What was asked beside the platform's name; None where the platform is not named."""
    if platform.family == NO_PLATFORM:
        return None
    names = (platform.code.replace("_", " "), platform.name, *platform.also_called)
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    rest, times = re.subn(rf"(?<!\w)(?:{either})(?!\w)", " ", text, flags=re.IGNORECASE)
    return " ".join(rest.split()) if times else None
