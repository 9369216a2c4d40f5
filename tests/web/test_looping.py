"""What this service sent out and got back, by whatever name, is refused before anything looks at it."""

import pytest

from safeguard.web import looping
from tests.web.browsing import Browser

pytestmark = pytest.mark.anyio


async def test_a_request_that_comes_from_here_by_another_name_does_nothing(stranger: Browser) -> None:
    assert looping.mark() == "safeguard.test"
    for said in ("safeguard.test", "Safeguard.Test; v=1", "other.example, safeguard.test"):
        assert (await stranger.get("/notes", **{"CDN-Loop": said})).status_code == 508, said
        assert (await stranger.client.post("/domain-refusal", headers={"CDN-Loop": said})).status_code == 508, said
    for said in ("other.example", "not-safeguard.test", "safeguard.test.example", ""):
        assert (await stranger.get("/notes", **{"CDN-Loop": said})).status_code != 508, said
