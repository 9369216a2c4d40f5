"""The issue types to whose incidents nothing can ever be attached.

The database computes from the same list whether an incident blocks attachments, so that no way in can leave it out:
another type is added here and in a migration. `checking` holds every profile against it at start-up.
"""

from collections.abc import Iterable
from typing import Final

BLOCKED_TYPES: Final = ("nudes", "sexual_blackmail", "abuse_imagery", "intimate_images_adult", "illegal_content")


def blocks(issue_types: Iterable[str]) -> bool:
    """Whether one of these types rules every file out."""
    return not set(issue_types).isdisjoint(BLOCKED_TYPES)
