"""Passwords: Argon2id, off the event loop, at most a few at a time.

12 to 128 characters, taken as typed in any script; no rule about kinds of character, no expiry (OWASP ASVS 5.0 §6.2,
NIST SP 800-63B). Only the Unicode form is made uniform (NFC), so that two keyboards type the same password.
46 MiB and one pass are the first of the settings that OWASP's password storage sheet recommends; when they are raised,
`verify` says so and the caller stores a fresh hash at the next sign-in.
"""

import asyncio
import os
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safeguard import clock
from safeguard.errors import FieldError, Invalid, TooManyRequests
from safeguard.identity import denying

SHORTEST: Final = 12
LONGEST: Final = 128
WAITING: Final = 64
"""So many hashes may be wanted at once in one process (about two seconds of work); more are asked to come back."""

_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=max(1, min(2, (os.cpu_count() or 2) - 1)), thread_name_prefix="argon2")
_wanted = 0

T = TypeVar("T")


def check(password: str, own_words: Iterable[str] = (), *, field: str = "password") -> None:
    """Raise `Invalid` with the reason when `password` cannot be used."""
    if problem := _problem(password, own_words):
        raise Invalid(FieldError(field, problem))


def _problem(password: str, own_words: Iterable[str]) -> str | None:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Three or four words that do not belong together are easy to keep."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if denying.is_guessable(password, own_words):
        return "Others would try this password first. Choose words that have nothing to do with you or your work."
    return None


async def hashed(password: str) -> str:
    """The hash to store, with its salt and settings in it."""
    salt = clock.random_bytes(16)
    return await _off_the_loop(lambda: _hasher.hash(_as_bytes(password), salt=salt))


async def verify(stored: str | None, password: str) -> bool:
    """Whether `password` made `stored`. Without a stored hash the same work is done in vain, and the answer is no."""
    return await _off_the_loop(lambda: _verify(stored or _DUMMY, password)) and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _as_bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password)[: 4 * LONGEST].encode("utf-8", "surrogatepass")


async def _off_the_loop(work: Callable[[], T]) -> T:
    global _wanted  # noqa: PLW0603  one queue per process, as the threads are
    if _wanted >= WAITING:
        raise TooManyRequests("Many people are signing in at this moment. Try again in a few seconds.", retry_after=5)
    _wanted += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _wanted -= 1


_DUMMY: Final = _hasher.hash(b"nobody's password", salt=bytes(16))
"""What a stranger's password is checked against, so that an unknown address takes the same work as a known one."""
