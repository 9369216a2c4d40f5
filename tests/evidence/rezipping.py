"""What is in a pack, and a zip made of it again."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path


def members(pack: Path) -> dict[str, bytes]:
    """What is in the pack, in order."""
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda _: None) -> bytes:
    """A zip as packs are written, but for the change."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name, (2026, 11, 22, 10, 0, 2))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            change(info)
            archive.writestr(info, data)
    return out.getvalue()
