"""A referral becomes a case at the helpline, through everything in between."""

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.channel import receiving
from safeguard.channel.bodies import Message, Url, Withdrawn
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import own_keys
from safeguard.errors import NotFound
from safeguard.helpline import receiving as helpline
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import find_by_origin, list_entries, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import step_on
from safeguard.helpline.writing import add_to_case
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.channel.conftest import opened

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(channel):
    """The channel, with the desk at its other end."""

    async def receive(work, sender, body) -> None:
        try:
            await helpline.receive(work, body, sender=sender.id, profile=profile_of("helpline"))
        except NotFound:
            raise Refused("referral") from None

    receiving.bind(helpline=receive)
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    return channel


async def test_a_referral_becomes_a_case_and_what_follows_is_written_to_it(desk):
    body = opened(urls=(Url(url="https://social.example/account"),))
    await desk.send(body)
    await desk.send(Message(referral=body.referral, id=clock.new_request_id(), author="Sam", words="It posts again."))
    await desk.all()
    async with begin(system(desk.helpline.organisation_id)) as work:
        case = await find_by_origin(work, f"{desk.school.organisation_id}/{body.referral}")
        assert case is not None
        entries, urls = await list_entries(work, case.id), await list_urls_of(work, case.id)
    assert (case.channel, case.state) == ("shared", State.SUBMITTED)
    assert any("It posts again." in entry.words for entry in entries)
    assert [url.host for url in urls] == ["social.example"]
    assert [row["verdict"] for row in await desk.outgoing()] == ["accepted", "accepted"]


async def test_a_withdrawn_referral_ends_the_case(desk):
    body = opened()
    await desk.send(body)
    await desk.send(Withdrawn(referral=body.referral, reason="Sent twice."))
    await desk.all()
    async with begin(system(desk.helpline.organisation_id)) as work:
        case = await find_by_origin(work, f"{desk.school.organisation_id}/{body.referral}")
    assert case is not None
    assert case.state is State.WITHDRAWN


async def test_what_names_no_referral_of_its_sender_is_refused(desk):
    await desk.send(Withdrawn(referral=clock.new_request_id(), reason="Nobody's."))
    await desk.all()
    assert [row["verdict"] for row in await desk.outgoing()] == ["refused"]


async def test_what_the_desk_does_is_told_to_whoever_referred(desk):
    body = opened(urls=(Url(url="https://social.example/account"),))
    await desk.send(body)
    await desk.all()
    async with begin(desk.helpline) as work:
        case = await find_by_origin(work, f"{desk.school.organisation_id}/{body.referral}")
        assert case is not None
        case = await move_case(work, case, State.ACKNOWLEDGED, "", case.version)
        await add_to_case(work, case, "answer", "shared", "We have it.", (), distressing=False)
        await add_to_case(work, case, "note", "shared", "Between us.", (), distressing=False)
        (url,) = await list_urls_of(work, case.id)
        await step_on(work, url, UrlState.PASSED_IWF, work.now(), "IWF-1", "", url.version)
    receiving.bind(referrer=desk.at_school)
    await desk.reply_all()
    told = [said for _, said in desk.at_school.bodies]
    assert [type(said).__name__ for said in told] == ["Status", "Message", "UrlStep"]
    assert told[2].state == "passed_to_iwf"
    assert told[0].case_reference == case.reference
