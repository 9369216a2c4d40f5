"""The acts on an incident as its report tells them: who did what, in words and not in the log's codes."""

from dataclasses import replace
from typing import Final

from safeguard.evidence.report.model import Look
from safeguard.incidents.moments import NAMES
from safeguard.incidents.story import Story
from safeguard.tenancy.profile import Profile

WRITTEN: Final = "entry.recorded"
"""Said of every entry alike by the log, which tells nothing of content; the record that stands beside it does."""
OTHERS: Final = {"system": "the service itself", "outside": "outside second person, by a link"}


def in_words(look: Look, profile: Profile, story: Story) -> Look:
    """The role by its name here; of an entry, which kind it is."""
    return replace(look, role=role_said(look.role, profile), what=_what(look, story))


def role_said(code: str, profile: Profile) -> str:
    """What a role is called in this organisation; a code that nobody has any more, without its lines."""
    named = profile.roles.get(code)
    return named.name if named else OTHERS.get(code, code.replace("_", " "))


def _what(look: Look, story: Story) -> str:
    if look.event != WRITTEN:
        return look.what
    kind = next((entry.kind for entry in story.entries if entry.id == look.about), None)
    return f"Added to the record: {NAMES[kind].lower()}" if kind else look.what
