"""“Add to the record” is kept ready: what comes out is what the template would say, for each incident its own."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.incidents import panel
from safeguard.incidents.follow_up_forms import blank_entry
from safeguard.web import exchange
from safeguard.web.exchange import Draft, Exchange
from safeguard.web.templates import environment

DRAFT = UUID("6f0c1c1e-0000-4000-8000-000000000001")
ENVIRONMENT = environment()
REQUEST = SimpleNamespace(app=SimpleNamespace(template_engine=SimpleNamespace(engine=ENVIRONMENT)))


def story(number: int, state: str = "open"):
    return SimpleNamespace(facts=SimpleNamespace(id=UUID(int=number), state=state))


def shown(one, served: Exchange | None = None):
    with exchange.serving(served or Exchange()):
        return panel.adding(REQUEST, one)


@pytest.mark.parametrize("number", [1, 2])
def test_the_panel_is_the_template_rendered_for_this_incident(monkeypatch, number):
    monkeypatch.setattr(clock, "new_request_id", lambda: DRAFT)
    monkeypatch.setattr(panel, "csrf_token", lambda _: f"token-{number}")
    whole = ENVIRONMENT.get_template(panel.TEMPLATE).render(
        incident={"id": UUID(int=number)}, entry=blank_entry(), here=True, draft=None,
        csrf_token=f"token-{number}", fresh_id=lambda: DRAFT,
    )  # fmt: skip
    assert shown(story(number)) == whole


def test_each_showing_has_a_draft_of_its_own(monkeypatch):
    monkeypatch.setattr(panel, "csrf_token", lambda _: "token")
    assert shown(story(1)) != shown(story(1))


def test_a_form_that_was_kept_and_a_closed_incident_are_not_shown_from_the_pattern():
    assert shown(story(1), Exchange(draft=Draft(str(DRAFT), 1))) is None
    assert shown(story(1, "closed")) is None
