"""What a scanner says, and what we make of it: by the stand-in of these tests, and by ClamAV where it is installed.

So the stand-in is held to what the real one does. ClamAV's own signatures come from the network: the real one is given
one of ours, for the file that EICAR made for such trials.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import pytest

from safeguard.attachments.clamd import ScannerAway, scan
from tests.attachments import files
from tests.attachments.scanner import EICAR, LIMIT, scanning

pytestmark = pytest.mark.anyio

REAL: Final = "clamd"
ENGINES: Final = ["stand-in", *([REAL] if shutil.which(REAL) else [])]
CONFIGURED: Final = """
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}
Foreground yes
StreamMaxLength {limit}
"""
ASKED: Final = {
    b"zVERSION\0": b"ClamAV ",
    b"zINSTREAM\0\0\0\0\0": b"stream: OK\0",
    b"zINSTREAM\0\0\0\0\x02ok\0\0\0\0": b"stream: OK\0",
    b"zINSTREAM\0\xff\xff\xff\xff": b"INSTREAM size limit exceeded. ERROR\0",
    b"zNONSENSE\0": b"UNKNOWN COMMAND\0",
}
"""What is sent to it, and how its answer begins."""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[str]:
    """ClamAV's own daemon, which knows one file."""
    (folder / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(CONFIGURED.format(folder=folder, limit=LIMIT))
    process = await asyncio.create_subprocess_exec(
        REAL, "-c", str(folder / "clamd.conf"), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        with anyio.fail_after(60):
            while not (folder / "clamd.sock").exists():
                assert process.returncode is None, "it ended before it listened"
                await anyio.sleep(0.05)
        yield f"unix://{folder}/clamd.sock"
    finally:
        process.terminate()
        with anyio.fail_after(30, shield=True):
            await process.wait()


@pytest.fixture(params=ENGINES)
async def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Its address."""
    async with running(tmp_path) if request.param == REAL else scanning(tmp_path / "clamd.sock") as url:
        yield url


async def pieces(whole: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), 60_000):
        yield whole[start : start + 60_000]


async def said(url: str, words: bytes) -> bytes:
    """What is answered to these bytes."""
    reader, writer = await asyncio.open_unix_connection(url.removeprefix("unix://"))
    writer.write(words)
    await writer.drain()
    with anyio.fail_after(20):
        answer = await reader.read(200)
    writer.close()
    return answer


async def test_a_scanner_finds_the_trial_virus_passes_what_is_clean_and_says_nothing_of_what_is_too_large(scanner: str):
    for clean in (b"", b"A letter.", files.PDF, bytes(300_000)):
        verdict = await scan(scanner, pieces(clean))
        assert (verdict.clean, verdict.finding) == (True, "")
        assert verdict.scanner.startswith("ClamAV ")
    for harmful in (EICAR, bytes(59_990) + EICAR + bytes(100)):  # the second begins in one piece and ends in the next
        verdict = await scan(scanner, pieces(harmful))
        assert not verdict.clean
        assert verdict.finding.startswith("Eicar-Test-Signature")
    with pytest.raises(ScannerAway):
        await scan(scanner, pieces(bytes(LIMIT + 200_000)))


async def test_a_scanner_speaks_as_it_is_written_down(scanner: str):
    for sent, begins in ASKED.items():
        assert (await said(scanner, sent)).startswith(begins), sent
