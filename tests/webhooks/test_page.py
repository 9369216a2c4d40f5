"""The page of one address: what came of a trial shows there by itself, and by a link where there is no script."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar

from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.database import pool
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.web import surroundings
from safeguard.web.surroundings import Surroundings
from safeguard.webhooks import routes
from tests.web.conftest import SignIn, add_templates, show_sign_in, sign_in, surrounded
from tests.webhooks.conftest import Program
from tests.webhooks.test_telling import hook_of, work_off

__all__ = ["sign_in", "surrounded"]

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(database: pool.Database, program: Program) -> AsyncIterator[Litestar]:
    """The room of webhooks alone, served."""
    load_profiles()
    built = build(routes.ROUTES, [])
    add_templates(built)
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of)
    )
    async with built.lifespan():
        yield built


@pytest.mark.parametrize(
    "url", ["https://intranet/hook", "https://hooks.example:0/", "https://a@hooks.example/", "https://10.0.0.7/"]
)
async def test_an_address_that_cannot_be_is_refused_at_the_form_with_all_that_was_typed(
    sign_in: SignIn, program: Program, url: str
) -> None:
    lead = await sign_in(Role.LEAD)
    typed = {"label": "The pastoral system", "url": url, "events": "pack.made"}
    refused = await lead.send("/settings/webhooks", typed, page="/settings/webhooks")
    assert refused.status_code == 422
    assert "The pastoral system" in refused.text and f'value="{url}"' in refused.text
    assert 'href="#url"' in refused.text, "the summary leads to the field"
    assert re.search(r'value="pack.made"[^>]* checked', refused.text)


async def test_what_came_of_a_trial_shows_without_opening_the_page_again(sign_in: SignIn, program: Program) -> None:
    lead = await sign_in(Role.LEAD)
    actor: Any = lead.actor
    path = f"/settings/webhooks/{(await hook_of(actor, program)).id}"
    before = (await lead.get(path)).text
    assert "every 3s" not in before, "nothing waits, so nothing is asked"
    assert (await lead.send(f"{path}/try", {}, page=path)).status_code == 303
    waiting = (await lead.get(path)).text
    assert "See whether there is news" in waiting
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', waiting)
    assert asks
    assert (await lead.get(asks[1], **{"HX-Request": "true"})).status_code == 204, "nothing new moves nothing"
    await work_off(actor.organisation_id)
    told = await lead.get(asks[1], **{"HX-Request": "true"})
    assert told.status_code == 200 and told.text.lstrip().startswith('<div id="told"')
    assert "Answered 204" in told.text and "every 3s" not in told.text
