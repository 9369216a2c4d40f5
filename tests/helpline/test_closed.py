"""While the helpline is closed, every way in says so, and where urgent help is at that hour."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.helpline.desk import load_desk
from safeguard.helpline.mail.sending import DeskSender, write
from safeguard.post.writing import Sender
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.web.browsing import open_browser
from tests.web.browsing import token_of as token_in

pytestmark = pytest.mark.anyio

SUNDAY = datetime(2026, 3, 1, 11, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 11, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 11, tzinfo=UTC)
EVENING = datetime(2026, 7, 6, 15, 1, tzinfo=UTC)  # a minute past four in London
URGENT = ("999", "ceop.police.uk", "0800 1111")
ASKED = {"summary": "An account pretends to be me.", "email": "sam@alder.example"}
RECEIVED = {
    "id": UUID(int=7), "what": "received", "words": "", "reference": "K7Q-3MX", "organisation": "The helpline",
    "slug": "posh", "address": "sam@alder.example", "answers": "",
}  # fmt: skip


class At(clock.System):
    """Time as it stands on a certain day."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.mark.parametrize("moment", [SUNDAY, CHRISTMAS, EVENING])
async def test_the_web_form_says_before_and_after_it_is_sent(service, someone, moment):
    helpline = (await someone(Role.SUPERVISOR, kind="helpline")).organisation_id
    path = f"/help/sample-{helpline.hex[-12:]}"
    with clock.use(At(moment)):
        async with open_browser(service) as client:
            page = await client.get(path)
            asked = await client.post(path, data={"csrf_token": token_in(page.text), **ASKED})
    for shown in (page.text, asked.text):
        assert "We are closed now." in shown
        assert all(each in shown for each in URGENT)
        assert 'href="tel:03443814772"' in shown
    assert "the numbers below are there at any hour" in asked.text


def mailed(moment: datetime) -> str:
    with clock.use(At(moment)):
        return write(
            RECEIVED, "token", DeskSender(Sender("https://h.example", "s@h.example"), "h.example")
        ).get_content()


@pytest.mark.parametrize("moment", [SUNDAY, CHRISTMAS, EVENING])
def test_the_answer_to_a_mail_says_it(moment):
    words = mailed(moment)
    assert "The helpline is closed now." in words
    assert all(each in words for each in URGENT)


def test_while_it_is_open_a_mail_is_read_today():
    words = mailed(MONDAY)
    assert "Somebody will read it today" in words
    assert "closed now" not in words


def test_whoever_rings_hears_it():
    words = load_desk().closed.text
    assert "We are closed now." in words
    assert all(each in words for each in URGENT)


async def test_what_the_machine_says_stands_with_the_team_and_begins_no_answer(sign_in, service):
    words = load_desk().closed.text.partition(".")[0]
    supervisor = await sign_in(Role.SUPERVISOR, kind="helpline")
    assert words in (await supervisor.get("/helpline/team")).text
    async with begin(supervisor.actor) as work:
        case = await taken(work)
    page = (await supervisor.get(f"/helpline/cases/{case.id}")).text
    assert "Answers to begin with" in page
    assert words not in page
