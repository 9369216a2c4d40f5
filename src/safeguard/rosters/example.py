"""A table to try a roster with: invented people under headings that are understood as they stand.

The people are of a school, as most rosters are; a club or a home sees the same columns and leaves out what it has not.
Dates are written year first, so that nothing is asked about their order.
"""

from collections.abc import Mapping
from typing import Final

from safeguard.rosters.entry import Subject

_PEOPLE: Final = (
    ("ID", "Forename", "Surname", "Known as", "Date of birth", "Group", "Contact 1", "Contact 1 relationship",
     "Contact 1 phone"),
    ("EX-1001", "Aisling", "Example-Byrne", "", "2014-03-09", "Year 7", "Niamh Example-Byrne", "Mother",
     "020 7946 0101"),
    ("EX-1002", "Muhammad", "Example", "Mo", "2013-11-30", "Year 8", "Yusuf Example", "Father", "020 7946 0102"),
    ("EX-1003", "Zoë", "Example-Łukasik", "", "2012-06-18", "Year 9", "Ewa Łukasik", "Grandmother", ""),
    ("EX-1004", "Tom", "Example", "", "", "Year 9", "", "", ""),
)  # fmt: skip
_STAFF: Final = (
    ("Staff ID", "Forename", "Surname", "Email"),
    ("EX-1", "Priya", "Example", "priya.example@school.example"),
    ("EX-2", "Gareth", "Example-Jones", "gareth.example-jones@school.example"),
)
EXAMPLES: Final[Mapping[Subject, tuple[tuple[str, ...], ...]]] = {"people": _PEOPLE, "staff": _STAFF}
"""Subject -> the headings and then the rows, as wide as they."""
