"""Recovery codes: ten of them, each once, for the day on which telephone and key are lost.

Sixteen letters of twenty-one, 70 random bits, which nobody guesses through a page that counts. What is kept is a hash
over the person and the code; the codes themselves are shown once.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.identity.factors.apps import person_of
from safeguard.work import Work

MANY: Final = 10
GROUPS: Final = 4
GROUP: Final = 4

REPLACE: Final = "select identity.replace_codes($1)"
USE: Final = "select identity.use_code($1)"


async def make(work: Work) -> tuple[str, ...]:
    """Fresh codes, instead of whatever there was."""
    made = tuple(_new() for _ in range(MANY))
    await work.driver.execute(REPLACE, [hash_of(person_of(work), code) for code in made])
    work.record("codes.made", person_of(work), kind="membership")
    return made


async def take(work: Work, typed: str) -> bool:
    """Whether this is a code that was not used before, in a `sign-in` context."""
    if not await work.driver.fetchval(USE, hash_of(person_of(work), typed)):
        return False
    work.record("codes.used", person_of(work), kind="membership")
    return True


def hash_of(person: UUID, typed: str) -> bytes:
    """What is kept of a code; case, blanks and marks make no difference."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return sha256(b"safeguard recovery code\n" + person.bytes + letters.encode()).digest()


def looks_like(typed: str) -> bool:
    """Whether somebody typed a recovery code, and no app's."""
    return sum(letter.isalnum() for letter in typed) > GROUP * 2


def _new() -> str:
    letters = "".join(clock.new_reference() for _ in range(3)).replace("-", "")[: GROUPS * GROUP]
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
