"""An organisation leaves: its lead takes everything along, and what they took verifies after all of it is gone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from safeguard.access.actors import Actor
from safeguard.app import build
from safeguard.console import certifying, removing
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.evidence import routes as evidence_routes
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs import chapters
from safeguard.evidence.verifying.notes import parse_note
from safeguard.exports import routes
from safeguard.incidents.chapter import IncidentChapter
from safeguard.inspection.pack_parts import PARTS
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, surroundings
from safeguard.web.cookies import SESSION
from safeguard.web.surroundings import Surroundings
from safeguard.work import begin
from tests.console.conftest import MakeOperator
from tests.console.leaving import As, Signer, agree, app, filled, owner, slug_of, wait_over
from tests.evidence.conftest import shop
from tests.evidence.test_making import make
from tests.web.browsing import BASE, Browser, open_browser
from tests.web.conftest import add_templates, open_session, show_sign_in

__all__ = ["app", "owner", "shop"]

pytestmark = pytest.mark.anyio

PACKS = "select id from packs where organisation_id = sec.current_organisation() order by requested_at, id"
PATIENCE = 60


def service() -> object:
    """The pages that a lead needs to take everything along."""
    chapters.bind(IncidentChapter())
    chapters.bind_parts(PARTS)
    surroundings.use(Surroundings(public_url=BASE, sign_in_page=show_sign_in, profile_of=profile_of))
    built = build([*routes.ROUTES, *evidence_routes.ROUTES, *assets.ROUTES], [])
    add_templates(built)
    return built


async def take_along(browser: Browser, lead: Actor, bench: Workshop, folder: Path) -> list[Path]:
    """Press the button, let the workers work, download every pack."""
    asked = await browser.send("/take-along", {"what": "all"})
    assert asked.headers["location"] == "/take-along?asked=3", asked.text
    async with begin(lead, purpose="session") as work:
        packs: list[UUID] = [row["id"] for row in await work.driver.fetch(PACKS)]
    taken: list[Path] = []
    for pack_id in packs:
        assert (await make(lead, pack_id, bench)).state == "ready"
        whole = await browser.get(f"/evidence/{pack_id}/download")
        assert whole.status_code == 200
        (folder / f"{pack_id}.zip").write_bytes(whole.content)
        taken.append(folder / f"{pack_id}.zip")
    return taken


def verified(pack: Path, key: str) -> int:
    """What `safeguard verify` says of it, in a process that has neither database nor service."""
    command = [sys.executable, "-P", "-m", "safeguard.cli", "verify", str(pack), "--key", key]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(pack.parent), "XDG_STATE_HOME": str(pack.parent / "state")}
    done = subprocess.run(command, cwd=pack.parent, env=environment, timeout=PATIENCE, capture_output=True, check=False)
    return done.returncode


async def test_a_leaving_organisation_takes_everything_along_is_removed_and_what_it_took_verifies(
    operator: MakeOperator, owner: asyncpg.Connection, app: pool.Database, addresses: Addresses, shop: Workshop,
    tmp_path: Path,
) -> None:  # fmt: skip
    with As(app):
        organisation, _, lead = await filled("Thylacine")
    operators = await operator("Ada"), await operator("Bob")
    await owner.execute("update organisations set state = 'active' where id = $1", organisation)
    await agree(operators, owner, organisation, "leave")

    objects.use(shop.store)
    with As(app):
        async with open_browser(service()) as client:
            client.cookies.set(SESSION, await open_session(addresses, lead), domain="safeguard.test", path="/")
            browser = Browser(client, lead)
            told = (await browser.get("/take-along")).text
            assert "This organisation is leaving the service" in told and "Not made yet" in told
            taken = await take_along(browser, lead, replace(shop, parts=PARTS), tmp_path)
            async with begin(lead, purpose="session") as work:
                key = str(await work.driver.fetchval("select vkey from packs where vkey is not null limit 1"))
    surroundings.use(Surroundings(public_url=BASE))

    await agree(operators, owner, organisation, "remove")
    await wait_over(owner, organisation)
    slug = await slug_of(owner, organisation)
    removal = await removing.remove(owner, slug)
    assert await removing.erase_stored(owner, removal, shop.store) == len(taken)
    with As(app):
        note = await certifying.certify(owner, removal, "safeguard.test", Signer())
    assert f" {slug} school" in parse_note(note.encode(), "the certificate").text
    objects.use(None)
    chapters.bind(None)
    chapters.bind_parts({})
    assert [verified(pack, key) for pack in taken] == [0] * len(taken)
