"""Having others attest a pack while it is made: the time of its checkpoint, and whose its report is.

Only where an authority, or a certificate for this organisation, is configured. Nobody outside can keep a pack from
being made: they have a minute, and then the pack says what is missing and why.
"""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from anyio import to_thread

from safeguard.evidence.attesting.certificates import file_of
from safeguard.evidence.attesting.faults import Fault
from safeguard.evidence.attesting.seals import TIMESTAMP, Seal, find, keep
from safeguard.evidence.attesting.talking import Answer, Sign, Stamp
from safeguard.work import Work

PATIENCE: Final = 60.0
"""Seconds for one timestamp or one signature, whatever happens outside."""
PROGRAM: Final = (sys.executable, "-P", "-m", "safeguard.evidence.attesting.program")


@dataclass(frozen=True, slots=True)
class Outside:
    """Who attests for this deployment."""

    certificates: Path
    """The folder of the organisations' certificates."""
    authority: str = ""
    """The timestamp authority's address; empty asks nobody."""
    roots: Path = Path()
    """Under which certificates its answers count (PEM)."""
    patience: float = PATIENCE

    async def stamp(self, work: Work, pack_id: UUID, checkpoint: str) -> tuple[Seal, ...]:
        """The timestamp over the checkpoint, made once; none where no authority is configured."""
        if not self.authority:
            return ()
        note = checkpoint.encode()
        digest = b64encode(sha256(note).digest()).decode()
        question = Stamp(self.authority, str(self.roots), digest)
        return (await self._sealed(work, pack_id, TIMESTAMP, note, question),)

    async def sign(
        self, work: Work, pack_id: UUID, reports: Sequence[Path], stamped: Sequence[Seal]
    ) -> tuple[Seal, ...]:
        """Sign each report in its place, made once; nothing for an organisation without a certificate.

        An authority that could not give the first timestamp is not waited for again.
        """
        certificate = file_of(self.certificates, work.organisation_id)
        if not certificate.exists():
            return ()
        timed = bool(stamped) and stamped[0].fault is None
        asked = (str(certificate), *((self.authority, str(self.roots)) if timed else ("", "")))
        return tuple([await self._signed(work, pack_id, each, Sign(str(each), *asked)) for each in reports])

    async def _signed(self, work: Work, pack_id: UUID, report: Path, question: Sign) -> Seal:
        seal = await self._sealed(work, pack_id, report.name, await to_thread.run_sync(report.read_bytes), question)
        if seal.content:
            with report.open("ab") as whole:
                whole.write(seal.content)
        return seal

    async def _sealed(self, work: Work, pack_id: UUID, member: str, content: bytes, question: Stamp | Sign) -> Seal:
        if before := await find(work, pack_id, member, content):
            return before
        answer = await to_thread.run_sync(ask, question, self.patience)
        return await keep(work, pack_id, member, content, answer)


def ask(question: Stamp | Sign, patience: float) -> Answer:
    """The answer of a process of its own; one that took too long, or failed, is a fault."""
    try:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("SAFEGUARD_")}
        done = subprocess.run(  # it reads what strangers answer: our keys and addresses are not for it
            PROGRAM, input=msgspec.json.encode(question), capture_output=True, timeout=patience, check=True, env=bare
        )
        return msgspec.json.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired:
        return Answer(fault=Fault.LATE)
    except (subprocess.CalledProcessError, msgspec.DecodeError):
        return Answer(fault=Fault.UNFIT if isinstance(question, Stamp) else Fault.UNUSABLE)
