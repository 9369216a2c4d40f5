"""Where packs lie in the object store, and what is said of one that is not there any more.

The name holds the id of the pack's key: a worker that was overtaken while it made a pack leaves an object of another
name, and never replaces the one that the row opens.
"""

from typing import Final
from uuid import UUID

from safeguard.keys.wrapping import Key

GONE: Final = (
    "This pack is no longer stored. If a record that it held was disposed of, it was erased with that record; else ask "
    "for it again."
)


def name_of(organisation_id: UUID, pack_id: UUID, key: Key) -> str:
    """The object's name: the organisation leads, as in every key."""
    return f"packs/{organisation_id}/{pack_id}-{key.id.hex()}"


def about(pack_id: UUID) -> str:
    """What the pack's wrapped key is bound to."""
    return f"pack {pack_id}"
