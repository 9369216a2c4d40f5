"""A pack that left before verifies alone, whatever kind of record is disposed of since."""

import re
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import get_pack
from safeguard.evidence.requesting import request_period_pack
from safeguard.evidence.verifying.command import verify
from safeguard.identity import acts
from safeguard.records.kinds import acting
from safeguard.work import begin
from tests.records.kinds.kept import what_was_kept
from tests.records.kinds.test_disposing_kept import goes
from tests.records.making import second
from tests.records.test_packs import make, shop

__all__ = ["shop"]

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
BEFORE = re.compile(r"^Before .*\n", re.MULTILINE)


@pytest.fixture(autouse=True)
def bound_too() -> None:
    acts.bind(*acting.ACTS)


def verified(pack: Path, vkey: str) -> str:
    """What `safeguard verify` says of a file that is valid, given the key and what earlier files showed.

    Without the line that tells how many of those there were.
    """
    seen = pack.parent / "seen.json"
    done = CliRunner().invoke(verify, [str(pack), "--key", vkey, "--seen", str(seen)])
    assert done.exit_code == 0, done.output
    assert BEFORE.search(done.output)
    return BEFORE.sub("", done.output)


def entries_of(pack: Path) -> str:
    """The log that it carries."""
    with zipfile.ZipFile(pack) as archive:
        return archive.read("audit/entries").decode()


async def test_an_older_pack_verifies_after_each_kind_of_record_is_disposed_of(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    kept = await what_was_kept(lead, "Wintergreen")
    today = clock.now().date()
    span = (today - timedelta(days=2), today + timedelta(days=2))
    async with begin(lead) as work:
        older = await request_period_pack(work, *span, Disclosure.COMPLETE)
    before = await make(lead, shop, older, tmp_path / "before.zip")
    async with begin(lead) as work:
        vkey = (await get_pack(work, older)).vkey or ""
    whole = before.read_bytes()
    told = entries_of(before)
    assert "meeting.recorded" in told, "the log that it carries tells of what goes"
    said = verified(before, vkey)
    for code in ("signature", "policy", "minutes", "roster", "transfer", "pack", "former_account"):
        await goes(lead, head, code, kept[code])
    assert verified(before, vkey) == said
    assert before.read_bytes() == whole
    async with begin(lead) as work:
        newer = await request_period_pack(work, *span, Disclosure.COMPLETE)
    after = await make(lead, shop, newer, tmp_path / "after.zip")
    verified(after, vkey)
    assert verified(before, vkey) == said, "also once a later one was seen"
    assert "record.disposed" not in told
    assert entries_of(after).count("record.disposed") == len(kept)
