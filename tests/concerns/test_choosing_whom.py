"""In a school of hundreds the head finds whom to let into the vault by a part of their name."""

import pytest

from safeguard.access.roles import Role
from safeguard.identity.choosing import AT_ONCE
from tests.factories.staff import make_staff
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio


async def test_the_head_lets_in_somebody_whom_a_search_found_and_a_refusal_keeps_the_choice(sign_in: SignIn) -> None:
    head = await sign_in(Role.HEAD)
    assert head.actor
    await make_staff(head.actor.organisation_id, [f"Colleague {n:02}" for n in range(AT_ONCE)])
    [last] = await make_staff(head.actor.organisation_id, ["Zuzana Zeman"])
    at = "/concerns/people"
    assert "Nobody here has a name" in (await head.get(f"{at}?like=nobody+like+this")).text
    assert f'value="{last}"' in (await head.get(f"{at}?like=zuz")).text
    refused = await head.send(at, {"person": str(last), "reason": ""})
    assert refused.status_code == 422
    assert f'value="{last}" checked' in refused.text
    assert (await head.send(at, {"person": str(last), "reason": "The deputy head."})).status_code == 303
    page = (await head.get(f"{at}?like=zuz")).text
    assert "Zuzana Zeman" in page
    assert f'value="{last}"' not in page
