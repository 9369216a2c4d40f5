"""Which words of an incident can be searched for.

Names are kept twice, once as they are and once with English stemming, so that a name and a word of the story can be
asked for together. Accounts and the reference stay as they are; an account is also found by a part of it, for people
remember "fanpage" and not "@mr.hale.fanpage". Platforms are kept by their codes, which are their names.
"""

import re
from typing import Final

from safeguard.incidents.story import Entry, Facts, Person
from safeguard.web import directions

_BETWEEN: Final = re.compile(r"[\W_]+")
"""What parts an account or a code into words."""


def searchable(facts: Facts, people: tuple[Person, ...]) -> tuple[str, str]:
    """The text to stem, and the text to take as it is."""
    answers = "\n".join(answer.said for answer in facts.answers)
    names = " ".join(f"{person.name} {person.group_name} {person.notes}" for person in people)
    told = (
        facts.narrative, facts.child_words, facts.immediate_action, facts.place_detail, facts.happened_words,
        facts.accounts, names, facts.closing_summary or "", facts.closing_outcome or "",
        answers,
    )  # fmt: skip
    as_it_is = "\n".join((names, facts.accounts, parted(facts), facts.reference))
    return directions.searchable("\n".join(told)), directions.searchable(as_it_is)


def parted(facts: Facts) -> str:
    """The words within accounts, and those of the platforms' codes."""
    return _BETWEEN.sub(" ", "\n".join((facts.accounts, *facts.platforms)))


def searchable_entry(entry: Entry) -> str:
    """The words that an entry adds."""
    told = (entry.words, entry.reason, entry.owner_name, entry.contact_name, entry.contact_reference, entry.attendees)
    return directions.searchable("\n".join(told))
