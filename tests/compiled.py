"""Templates compiled once for all services that a run of the tests puts together: each would compile the same anew.

The processes of a run share them in a folder that is gone with it. What was compiled is taken only for the very same
source (Jinja compares), so a template of a test's own is its own.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from safeguard.web import templates
from tests.sharing import shared


class Compiled(FileSystemBytecodeCache):
    """Keeps what was compiled in this process, and in the folder for the others."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(str(folder))
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this source under this name, if it was."""
        bucket.code = self.kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._keep(bucket)
        super().dump_bytecode(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """Let every environment of this run share what was compiled, those of one kind with each other."""
    for name in ("environment", "_lenient"):
        setattr(templates, name, _sharing(getattr(templates, name), Compiled(shared() / name)))


def _sharing(make: Callable[..., Environment], compiled: Compiled) -> Callable[..., Environment]:
    @wraps(make)
    def made(*folder: Any) -> Environment:
        result = make(*folder)
        result.bytecode_cache = compiled
        return result

    return made
