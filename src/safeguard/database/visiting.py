"""What whoever writes by a public page may do, past every page of ours: which tables are open to them, and how far."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Visiting(StrEnum):
    """What whoever writes by a public page may do with a table, past every page of ours (86_visitors.sql)."""

    NOTHING = "nothing"
    ADD = "add"
    """Add rows, and read none: not even their own."""
    READ = "read"
    THEIR_OWN = "their own"
    """Add rows, and read the one that they are adding."""


VISITED: Final[Mapping[str, Visiting]] = {
    "public.incidents": Visiting.THEIR_OWN,
    "public.incident_people": Visiting.ADD,
    "public.entries": Visiting.ADD,
    "public.concerns": Visiting.ADD,
    "public.concern_entries": Visiting.ADD,
    "public.public_reports": Visiting.ADD,
    "public.organisation_settings": Visiting.READ,
    "public.helpline_forms": Visiting.ADD,
    "public.helpline_feedback": Visiting.ADD,
    "public.policies": Visiting.READ,
    "public.policy_editions": Visiting.READ,
    "public.agreement_signatures": Visiting.ADD,
}
"""Tables that are open in a context for `public`; every other is shut in it, to reading and to writing."""
