"""Somebody new: a sealed file came from a place outside, was opened, and waits to be looked at and taken over."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import clock
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import seal
from safeguard.tenancy.profile import Profile
from safeguard.transfers import bundling
from safeguard.transfers.file import FORMAT, Closing, Entry, Identifier, Incident, Part, PersonFile, Sender, Subject
from safeguard.transfers.opening import UPLOADED, id_of_upload
from safeguard.transfers.paper import file_pdf
from safeguard.transfers.passphrases import lock
from safeguard.transfers.sending import about
from safeguard.work import Work

PASSPHRASE: Final = "7KQM-3XPV-RWJ2-9CFH-KM3T"  # noqa: S105  of an invented file
LONDON: Final = ZoneInfo("Europe/London")
THEIRS: Final = UUID("6f0c1c1e-0000-4000-8000-00000000b12c")
NAME: Final = "Sky Sample"
FIRST: Final = (
    "Sky showed a tutor messages from an account that says it is seventeen. It asks which school Sky goes to and wants"
    " to move to another app. Sky has not answered since Friday."
)
SECOND: Final = (
    "Sky was left out of a group chat, and a picture of Sky with words on it went round. Sky laughed it off."
)


def can_arrive() -> bool:
    """Whether there is a store to keep it in: a filling without one leaves it out."""
    try:
        objects.current()
    except RuntimeError:
        return False
    return True


async def arrive(work: Work, profile: Profile) -> UUID:
    """Take it in, opened; which transfer it is."""
    file, now = _file(work), work.now()
    pdf = await file_pdf(file, LONDON, profile)
    sealed = await to_thread.run_sync(bundling.make, file, pdf, {}, now, PASSPHRASE)
    key, name = Key(clock.random_bytes(32)), f"transfers/{clock.random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, _once(sealed))
    digest = sha256(sealed).digest()
    incoming = id_of_upload(digest)
    await work.driver.execute(
        UPLOADED, incoming, file.sender.name, f"{file.sender.contact}, {file.sender.role}", now, work.actor.user_id,
        digest, len(sealed), name, lock(key.secret, PASSPHRASE, incoming),
        await seal(work, PASSPHRASE.encode(), about(incoming)), work.actor.name,
    )  # fmt: skip
    work.record("incoming.opened", incoming)
    return incoming


def _file(work: Work) -> PersonFile:
    began = work.now() - timedelta(days=90)
    return PersonFile(
        format=FORMAT, bundle=clock.new_id(), made_at=work.now(),
        sender=Sender(organisation=THEIRS, name="Birch Academy", kind="school", contact="Morgan Sample",
                      role="Safeguarding lead", telephone="01632 960001"),
        recipient="The next place", basis="Has moved here; their file follows, as it has to.",
        person=Subject(id=THEIRS, given_name="Sky", family_name="Sample", group_name="Year 8",
                       identifiers=(Identifier(kind="upn", value="A123456789012"),), notes="Likes to be asked first."),
        incidents=(
            _incident(1, began, SECOND, closing=Closing(
                closed_at=began + timedelta(days=12), summary="A group chat turned on Sky for a week.",
                follow_up="The form talked about it; the picture was taken down.", decision="No referral.",
                outcome="Sky says that it has stopped.",
            )),
            _incident(2, began + timedelta(days=60), FIRST, entries=(
                Entry(id=_id(12), kind="contact", written_at=began + timedelta(days=60, hours=3),
                      author="Morgan Sample", words="Reported to CEOP; the reference is in the file.", about="CEOP"),
            )),
        ),
    )  # fmt: skip


def _incident(
    number: int, at: datetime, words: str, *, entries: tuple[Entry, ...] = (), closing: Closing | None = None
) -> Incident:
    return Incident(
        id=_id(number), reference=f"B7K-30{number}", recorded_at=at, recorded_by="Morgan Sample",
        state="closed" if closing else "open", risk="low" if closing else "high", narrative=words,
        issue_types=("cyberbullying",) if closing else ("grooming",), entries=entries, closing=closing,
        people=(Part(name=NAME, role="affected", kind="child", subject=True),),
    )  # fmt: skip


def _id(number: int) -> UUID:
    return UUID(int=THEIRS.int + number)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
