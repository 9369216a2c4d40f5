"""Templates compiled once for all services that a process of tests puts together: each would compile the same anew.

What was compiled is taken only for the very same source (Jinja compares), so a template of a test's own is its own.
"""

from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from safeguard.web import templates


class Compiled(BytecodeCache):
    """Keeps what was compiled in this process."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this source under this name, if it was."""
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        assert bucket.code
        self.kept[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """Let every environment of this process share what was compiled, those of one kind with each other."""
    for name in ("environment", "_lenient"):
        setattr(templates, name, _sharing(getattr(templates, name)))


def _sharing(make: Callable[..., Environment]) -> Callable[..., Environment]:
    compiled = Compiled()

    @wraps(make)
    def made(*folder: Any) -> Environment:
        result = make(*folder)
        result.bytecode_cache = compiled
        return result

    return made
