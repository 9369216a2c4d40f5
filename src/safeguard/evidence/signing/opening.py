"""Opening the signer of a deployment, from its settings: the real one in its own process, the asking one elsewhere."""

from collections.abc import Callable
from pathlib import Path

from safeguard.database import passwords
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.signing.asking import AskingSigner
from safeguard.evidence.signing.memory import FileMemory
from safeguard.evidence.signing.patrolling import Patrol
from safeguard.evidence.signing.ring import load_ring
from safeguard.settings import Settings


def open_signer(settings: Settings) -> AskingSigner:
    """The signer of this deployment, for everybody but itself."""
    return AskingSigner(settings.signer_socket)


def open_memory(settings: Settings) -> FileMemory:
    """What the signer remembers."""
    return FileMemory(settings.signer_home / "state.sqlite")


def opener(settings: Settings) -> Callable[[], FileKeySigner]:
    """Hands out the signer with the keys that lie in the files now: a rotation needs no restart."""
    passwords.follow(settings.keys)
    memory, url, patrol = open_memory(settings), settings.address_for("signer"), Patrol()

    def opened() -> FileKeySigner:
        return FileKeySigner(load_ring(key_file(settings)), settings.origin, url, memory, patrol)

    return opened


def key_file(settings: Settings) -> Path:
    """Where the log's key lies: with the other keys, unless the signer has a home of its own."""
    return settings.signer_key
