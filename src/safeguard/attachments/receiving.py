"""What is said to a file before it comes: whether this incident takes any, and how large it may be."""

from collections.abc import Mapping
from typing import Any, Final

from safeguard.attachments.attaching import check_place
from safeguard.attachments.inspecting import FileInspection
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection
from safeguard.work import Work

MOST: Final = "files.most_megabytes"
USUAL: Final = 25


class FileReception:
    """Receives files for incidents."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Refuse a blocked incident before a byte is read; without the promise the file is not read either."""
        await check_place(unit, path["incident_id"])
        if fields.get("promise") != "yes":
            return None
        return FileInspection(name, await read_most(unit) * 1_000_000)


async def read_most(work: Work) -> int:
    """How many megabytes one file may have here."""
    chosen = (await effective_values(work, (MOST,), await own_profile(work))).get(MOST, USUAL)
    return chosen if isinstance(chosen, int) else USUAL


RECEPTION: Final = FileReception()
