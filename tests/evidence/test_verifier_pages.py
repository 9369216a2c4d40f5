"""`/verify`: what each verifier is, and no more and no less than it does."""

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.evidence import verifier, verifier_pages
from safeguard.web import assets
from tests.web.browsing import Browser
from tests.web.conftest import add_templates, stranger, surrounded

__all__ = ["stranger", "surrounded"]
pytestmark = pytest.mark.anyio


@pytest.fixture
def service() -> Litestar:
    app = build([*verifier_pages.ROUTES, *assets.ROUTES], ())
    add_templates(app)
    return app


async def test_both_are_said_to_remember_and_the_program_to_need_python_alone(stranger: Browser) -> None:
    said = (await stranger.get("/verify")).text
    assert "Each of the two remembers every log that it saw" in said
    assert "cannot" not in said
    assert "It needs Python 3.11 or later and nothing else" in said
    for content in (verifier.page(), verifier.program()):
        assert verifier.digest_of(content) in said


async def test_the_page_is_sent_with_the_hashes_of_its_own_script_and_style(stranger: Browser) -> None:
    sent = (await stranger.get("/verify/verify.html")).headers["content-security-policy"]
    assert sent == verifier.policy()
    assert sent.startswith("default-src 'none'; script-src 'sha256-")
    assert sent.endswith("frame-ancestors 'none'")
    assert "script-src 'self'" in (await stranger.get("/verify")).headers["content-security-policy"]
