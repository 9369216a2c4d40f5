"""The document to read of a file from outside: nobody gets it before the virus scanner has looked at it. Fails closed.

A file that came in an envelope was set by this service from its words. One that was uploaded holds whatever its maker
put there; its words are shown on the page, as text, with or without a scanner.
"""

from collections.abc import AsyncIterator
from typing import Final

from anyio import fail_after

from safeguard.attachments import clamd, scanner
from safeguard.errors import Conflict, Unavailable
from safeguard.transfers.bundling import PAPER, Bundle
from safeguard.transfers.queries import Incoming

PATIENCE: Final = 30.0
"""Seconds that somebody at a page waits for the scanner."""
NOT_CHECKED: Final = (
    "The document could not be checked for viruses, so it stays shut. What it says stands on this file's page as text,"
    " and can be taken over. Try the document again later."
)
HARMFUL: Final = "The virus check found something harmful in the document ({}), so it stays shut. Tell the sender."


async def paper_of(incoming: Incoming, bundle: Bundle) -> bytes:
    """The document; raises `Unavailable` where nothing could check it, `Conflict` where it is harmful."""
    paper = bundle.members[PAPER]
    if incoming.way == "inside":
        return paper
    try:
        with fail_after(PATIENCE):
            verdict = await clamd.scan(scanner.url(), _once(paper))
    except (clamd.ScannerAway, TimeoutError):
        raise Unavailable(NOT_CHECKED) from None
    if not verdict.clean:
        raise Conflict(HARMFUL.format(verdict.finding))
    return paper


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
