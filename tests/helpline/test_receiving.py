"""What arrives over the channel becomes a case, and what follows finds it again."""

from uuid import UUID

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.channel.bodies import Basis, Closed, Message, Opened, Person, PlatformReport, Reopened, Url, Withdrawn
from safeguard.errors import NotFound
from safeguard.helpline.as_sent import find_sent
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import FIRST, find_earlier, list_entries, list_queue, list_urls_of
from safeguard.helpline.receiving import receive
from safeguard.helpline.states import State
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio
SENDER = UUID(int=7)
PROFILE = profile_of("helpline")


def opened(referral: UUID) -> Opened:
    return Opened(
        referral=referral, reference="R-1", organisation="Alder School", organisation_kind="school", nation="england",
        contact_name="Lee Ash", contact_role="lead", asked=("mediation",), urgency="soon", child_at_risk=True,
        question="Can it come down?", issues=("impersonation", "no such"), platforms=("tiktok",),
        people=(Person(pseudonym="Child A", age_band="11_to_13"),), urls=(Url(url="https://x.com/a"), Url(url="junk")),
        basis=Basis(lawful_basis="public_task", condition="safeguarding", reason="To protect a child."),
    )  # fmt: skip


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def test_a_referral_becomes_a_case_once(practitioner):
    body = opened(clock.new_id())
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        again = await receive(work, body, sender=SENDER, profile=PROFILE)
        assert again.id == case.id
        assert len(await list_queue(work, FIRST, 10)) == 1
        assert [url.address for url in await list_urls_of(work, case.id)] == ["https://x.com/a"]
        words = (await list_entries(work, case.id))[0].words
    assert (case.channel, case.state, case.at_risk, case.assigned_to) == ("shared", State.SUBMITTED, True, None)
    assert (case.issues, case.answered_at) == (("impersonation",), None)
    assert case.summary == "Can it come down?"
    assert "Child A" in words
    assert "junk" in words


async def test_a_case_is_found_by_what_whoever_referred_it_calls_it(practitioner, someone):
    body = msgspec.structs.replace(opened(clock.new_id()), reference="K7Q-3MX")
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        await receive(work, opened(clock.new_id()), sender=SENDER, profile=PROFILE)
        for said in ("K7Q-3MX", "k7q-3mx", "k7q 3mx", "K7Q3MX"):
            assert [found.id for found in await find_earlier(work, said)] == [case.id], said
        assert await find_earlier(work, "K7Q-3M") == ()
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        assert await find_earlier(work, "K7Q-3MX") == ()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (None, None),
        (PlatformReport(), "Reported to the platform already. No answer is noted."),
        (PlatformReport(platform="TikTok"), "Reported to the platform already: TikTok. No answer is noted."),
        (
            PlatformReport(platform="TikTok", reported_on="2 May", reference="T-9", answer="Not against our rules."),
            "Reported to the platform already: TikTok, 2 May, reference T-9. Not against our rules.",
        ),
        (PlatformReport(answered=True, answer="No."), "Reported to the platform already. It answered: No."),
        (PlatformReport(answered=True), "Reported to the platform already. It has answered."),
        (PlatformReport(answered=False), "Reported to the platform already. It has not answered."),
    ],
    ids=["not_reported", "no_details", "platform_only", "of_an_older_sender", "whole", "answered", "silent"],
)
async def test_what_was_reported_reads_as_a_sentence_whatever_is_missing(practitioner, told, shown):
    people = (Person(pseudonym="Child A", role="affected", age_band="11_to_13"), Person(pseudonym="Adult B"))
    body = msgspec.structs.replace(opened(clock.new_id()), reported=told, people=people)
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        words = (await list_entries(work, case.id))[0].words
    assert "Child A (affected, aged 11 to 13); Adult B" in words
    assert [line for line in words.splitlines() if line.startswith("Reported")] == ([shown] if shown else [])


async def test_nobody_else_reaches_a_case_by_naming_its_referral(practitioner):
    body = opened(clock.new_id())
    said = Message(referral=body.referral, id=clock.new_id(), author="Lee", words="More.")
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        with pytest.raises(NotFound):
            await receive(work, said, sender=UUID(int=8), profile=PROFILE)
        await receive(work, said, sender=SENDER, profile=PROFILE)
        assert (await list_entries(work, case.id))[-1].words == "Lee: More."


async def test_withdrawing_ends_it_and_reopening_goes_on(practitioner):
    body = opened(clock.new_id())
    async with begin(practitioner) as work:
        await receive(work, body, sender=SENDER, profile=PROFILE)
        gone = await receive(work, Withdrawn(referral=body.referral, reason="Solved."), sender=SENDER, profile=PROFILE)
        assert (gone.state, gone.outcome) == (State.WITHDRAWN, "Solved.")
        again = await receive(work, Reopened(referral=body.referral), sender=SENDER, profile=PROFILE)
        assert again.state is State.TRIAGED
        assert (await list_queue(work, FIRST, 9))[0].heard_at == again.heard_at is not None


async def test_closing_from_where_it_cannot_be_closed_is_written_down_with_the_feedback(practitioner):
    body = opened(clock.new_id())
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        closed = Closed(referral=body.referral, words="Thank you.", helpful=5, feedback="Quick.")
        ended = await receive(work, closed, sender=SENDER, profile=PROFILE)
        assert (ended.state, ended.heard_at is not None) == (State.SUBMITTED, True)
        assert (await list_queue(work, FIRST, 9))[0].heard_at is not None
        written = [(entry.kind, entry.words) for entry in await list_entries(work, case.id)][-2:]
    assert written == [("feedback", "5 of 5: Quick."), ("contact", "Closed by whoever referred. Thank you.")]


async def test_both_open_it_again_at_once_and_what_is_new_is_kept(practitioner):
    body = opened(clock.new_id())
    async with begin(practitioner) as work:
        await receive(work, body, sender=SENDER, profile=PROFILE)
        case = await receive(work, Withdrawn(referral=body.referral, reason="Solved."), sender=SENDER, profile=PROFILE)
        await move_case(work, case, State.TRIAGED, "There are further accounts.", case.version)
        said = Reopened(referral=body.referral, reason="It is back.")
        again = await receive(work, said, sender=SENDER, profile=PROFILE)
        assert (again.state, again.heard_at is not None) == (State.TRIAGED, True)
        written = [entry.words for entry in await list_entries(work, case.id)]
    assert {"There are further accounts.", "It is back."} <= set(written)


async def test_a_referral_as_long_as_one_may_be_is_kept_whole(practitioner):
    long = "Nothing is cut. " * (20_000 // 16)
    handles = tuple(f"@{n:03}{'h' * 496}" for n in range(500))
    body = msgspec.structs.replace(
        opened(clock.new_id()), question=long, account=long, steps_taken=long,
        reported=PlatformReport(platform="TikTok", answer=long), handles=handles,
        people=tuple(Person(pseudonym=f"Child {n}", age_band="11_to_13") for n in range(50)),
    )  # fmt: skip
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        words = (await list_entries(work, case.id))[0].words
        assert await find_sent(work, case.id) == body
    assert words.count(long.strip()) == 4
    assert all(each in words for each in (*body.handles, "Child 49", "Reference R-1"))
