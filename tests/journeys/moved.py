"""Files of people in the town: one sent by a link, one on paper, one that waits to be opened and one that was."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.transfers import opening, queries
from safeguard.transfers.sending import Way
from safeguard.web import keys
from safeguard.web.keys import ServerKey
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.transfers.bundles import MADE
from tests.transfers.making import filed, sent
from tests.web.transferred import CAME


@dataclass(frozen=True, slots=True)
class Moved:
    """Where to find them."""

    mover: UUID
    by_link: UUID
    link_secret: str
    on_paper: UUID
    not_opened: UUID
    looked_at: UUID


async def move_on(lead: Actor) -> Moved:
    """Ana goes to another school, and a file of somebody else comes."""
    keys.use(ServerKey(b"j" * 32))
    ana = await filed(lead)
    link, _ = await sent(lead, ana.person, Way("link", "Morgan Reed"))
    paper, _ = await sent(lead, ana.person, Way("paper"))
    waiting = clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(CAME, waiting, work.now())
        opened = await opening.take_upload(work, await _uploaded(), "K7Q3")
        assert (await queries.get_incoming(work, opened)).state == "opened"
    secret = link.path.removeprefix("/transfer/")
    return Moved(ana.person, link.id, secret, paper.id, waiting, opened)


async def _uploaded() -> Upload:
    key, name = Key(clock.random_bytes(32)), f"transfers/{clock.random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, _once())
    return Upload("file.age", "", "application/octet-stream", len(MADE), sha256(MADE).digest(), name, key)


async def _once() -> AsyncIterator[bytes]:
    yield MADE
