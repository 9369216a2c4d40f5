"""A referral becomes a case at the helpline, through everything in between."""

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.channel import bodies, receiving
from safeguard.channel.bodies import Message, Url, Withdrawn
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import own_keys
from safeguard.errors import Invalid, NotFound
from safeguard.helpline import receiving as helpline
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.moving import move_case
from safeguard.helpline.pointing import find_pointers, read_pointers
from safeguard.helpline.queries import find_by_origin, list_entries, list_urls_of
from safeguard.helpline.report.composing import write_figures
from safeguard.helpline.report.spans import Span
from safeguard.helpline.states import State
from safeguard.helpline.takedown import step_on
from safeguard.helpline.writing import add_to_case
from safeguard.standards.contributing import Belonging, NewResource, add_resource, withdraw_resource
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.channel.conftest import opened

pytestmark = pytest.mark.anyio

HELPLINE = profile_of("helpline")


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


async def test_what_callers_are_pointed_to_reaches_whoever_referred_and_the_helplines_own_is_among_it(desk):
    own = NewResource("guidance", "Our letter to families", "For a copied account.", ("letters.example/copied",))
    nowhere = Belonging(frozenset(), frozenset(), frozenset())
    body = opened()
    await desk.send(body)
    await desk.all()
    async with begin(desk.helpline) as work:
        added, gone = await add_resource(work, own, nowhere), await add_resource(work, own, nowhere)
        await withdraw_resource(work, gone, "Old.", 1)
        case = await find_by_origin(work, f"{desk.school.organisation_id}/{body.referral}")
        assert case is not None
        await add_to_case(work, case, "answer", "shared", "", (f"own-{added}", "report_remove"), distressing=False)
        await add_to_case(work, case, "answer", "shared", "Only words.", (), distressing=False)
        with pytest.raises(Invalid):
            await add_to_case(work, case, "answer", "shared", "", (f"own-{gone}",), distressing=False)
        found = find_pointers(await read_pointers(work, HELPLINE), "copied account")
        day = work.now().date()
    async with begin(desk.helpline) as work:
        figures = await write_figures(work, HELPLINE, load_bank_holidays().helpline, Span(day, day))
    assert [each.code for each in found] == [f"own-{added}"]
    (part,) = [part for part in figures.parts if part.code == "guidance"]
    assert "Our letter to families" in {row.label for row in part.rows}
    receiving.bind(referrer=desk.at_school)
    await desk.reply_all()
    pointed, words = [said for _, said in desk.at_school.bodies]
    assert (pointed.signposts[0].title, pointed.signposts[0].links) == (own.title, own.links)
    assert "childline.org.uk/remove" in " ".join(pointed.signposts[1].links)
    assert b"pointed" not in bodies.encode(words)
