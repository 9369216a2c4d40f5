"""Whom somebody may have meant where no incident was found: names in incidents that are spelt nearly so.

The list of people is searched by near spellings anyway. Staff, and children from elsewhere, stand only in incidents:
the database looks through the names of the newest five thousand that the reader may read (40_incidents.sql).
"""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.people.naming import terms_of
from safeguard.work import Work

OFFERED: Final = 5
SHORTEST: Final = 3
TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "madam", "prof", "coach"})
"""What people write before a name, and few write into its field."""
NEARLY: Final = "select n.name from public.names_nearly($1, $2) n"


async def suggest(work: Work, text: str) -> tuple[str, ...]:
    """Up to five names, the likeliest first; nothing for words that are no name, or whoever may not read incidents."""
    terms = [term for term in terms_of(text) if term not in TITLES and len(term) >= SHORTEST]
    if not terms or not work.may(Permission.INCIDENT_READ):
        return ()
    return tuple(row[0] for row in await work.driver.fetch(NEARLY, terms, OFFERED))
