"""Answers leave by mail from the case's own address, once; what became of each is known; a bounce finds its case."""

from email.message import EmailMessage

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.helpline.hearing import note_unsent
from safeguard.helpline.mail import failing
from safeguard.helpline.mail.posting import post_feedback
from safeguard.helpline.mail.queries import list_mails
from safeguard.helpline.mail.sending import DeskSender, send_desk_mail
from safeguard.helpline.queries import get_case, get_wave, list_entries
from safeguard.helpline.states import State
from safeguard.helpline.waving import answer_wave, join_wave, open_wave
from safeguard.helpline.writing import add_to_case
from safeguard.jobs.claiming import claimed
from safeguard.post.smtp import open_mailer
from safeguard.post.writing import Sender
from safeguard.work import begin
from tests.helpline.mail.writing import CALLER, mail, raw

pytestmark = pytest.mark.anyio

SENDER = DeskSender(Sender("https://help.example", "safeguard@help.example"), "help.example")
DUE = "select id from jobs.job where kind = 'desk_mail.send' and state = 'queued' order by created_at, id"
HURRY = "update jobs.job set run_at = sec.clock() where kind = 'desk_mail.send' and state = 'queued'"


async def deliver(organisation, url: str | None, sender: DeskSender = SENDER) -> None:
    """What the worker does with every mail that waits."""
    async with begin(system(organisation)) as work:
        await work.driver.execute(HURRY)
        waiting = [row["id"] for row in await work.driver.fetch(DUE)]
    for job_id in waiting:
        async with claimed(job_id) as taken:
            if taken:
                await send_desk_mail(taken[0], taken[1], open_mailer(url), sender)


async def answered(desk, words: str = "Report it from the account that was harmed."):
    """A mail that came, and the desk's answer to it."""
    await desk.send(mail())
    (case,) = await desk.cases()
    async with begin(desk.practitioner) as work:
        await add_to_case(work, case, "answer", "email", words, (), distressing=False, mails=True)
    return case


async def mails_of(desk, case):
    async with begin(desk.practitioner) as work:
        return await list_mails(work, case.id)


async def test_an_answer_leaves_from_the_address_of_its_case(mail_desk, mailbox):
    case = await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    received, answer = mailbox.mails
    token = await mail_desk.token(case.id)
    assert answer["To"] == CALLER
    assert mail_desk.address(token) in answer["From"]
    assert token not in answer["Subject"]
    assert "Report it from the account that was harmed." in answer.get_content()
    assert "999" in answer.get_content()
    assert answer["In-Reply-To"].endswith("@alder.example>")
    assert (received["Auto-Submitted"], answer["Auto-Submitted"]) == ("auto-replied", "no")
    assert "pretends" not in received.get_content()
    mails = await mails_of(mail_desk, case)
    assert [(each.what, each.state, each.sent_at is not None) for each in mails.sent] == [
        ("received", "sent", True), ("answer", "sent", True)
    ]  # fmt: skip


async def test_what_the_caller_answers_comes_back_to_the_case(mail_desk, mailbox):
    await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    answer = mailbox.mails[-1]
    own = str(answer["From"]).rpartition("<")[2].strip(">")
    await mail_desk.send(mail("Thank you."), own)
    assert len(await mail_desk.cases()) == 1


async def test_an_answer_to_the_helplines_own_address_is_known_by_what_it_answers(mail_desk, mailbox):
    await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    await mail_desk.send(mail("Thank you.", In_Reply_To=str(mailbox.mails[-1]["Message-ID"])))
    assert len(await mail_desk.cases()) == 1
    await mail_desk.send(mail("Me too.", From="eve@evil.example", In_Reply_To=str(mailbox.mails[-1]["Message-ID"])))
    assert len(await mail_desk.cases()) == 2


async def test_a_bounce_marks_the_mail_and_is_told_at_the_desk(mail_desk, mailbox):
    case = await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    returned = mail("Undelivered Mail Returned to Sender", From="MAILER-DAEMON@mx.example")
    await mail_desk.send(returned, mail_desk.address(await mail_desk.token(case.id)), return_path="")
    mails = await mails_of(mail_desk, case)
    assert [each.state for each in mails.sent] == ["sent", "bounced"]
    (after,) = await mail_desk.cases()
    assert (after.unsent_at, after.wrote_again, after.answered_at) == (after.heard_at, False, None)


async def test_an_answer_that_did_not_arrive_is_told_apart_from_a_caller_who_wrote_again(mail_desk, mailbox):
    case = await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, None)
    tags = []
    for said in ("It posts again.", None):
        (case,) = await mail_desk.cases()
        tags.append((case.unsent_at is not None, case.wrote_again))
        if said:
            await mail_desk.send(mail(said), mail_desk.address(await mail_desk.token(case.id)))
    async with begin(mail_desk.practitioner) as work:
        await note_unsent(work, case, "It came back too.")
        again = await get_case(work, case.id)
        assert again.heard_at == case.heard_at, "they have waited since they wrote"
        await add_to_case(work, again, "answer", "phone", "I called.", (), distressing=False)
        at_last = await get_case(work, case.id)
    tags.append((at_last.unsent_at is not None, at_last.wrote_again))
    assert tags == [(True, False), (True, True), (False, False)]


async def test_one_address_is_told_once_a_day_that_its_mail_was_received(mail_desk):
    await mail_desk.send(mail())
    await mail_desk.send(mail("Another matter."))
    async with begin(system(mail_desk.practitioner.organisation_id)) as work:
        assert await work.driver.fetchval("select count(*) from helpline_mail_out") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<staff.alder.example>"},
        {"Authentication_Results": "mx.help.example; dmarc=fail header.from=alder.example"},
    ],
)
async def test_no_machine_answers_a_machine_a_list_or_somebody_who_is_not_who_they_say(mail_desk, headers):
    await mail_desk.send(mail(**headers))
    assert len(await mail_desk.cases()) == 1
    async with begin(system(mail_desk.practitioner.organisation_id)) as work:
        assert await work.driver.fetchval("select count(*) from helpline_mail_out") == 0


async def test_while_the_server_is_away_it_is_tried_again_and_what_it_refuses_stays_refused(mail_desk, mailbox):
    case = await answered(mail_desk)
    mailbox.answers[:] = ["451 later", "550 no such mailbox"]
    organisation = mail_desk.practitioner.organisation_id
    await deliver(organisation, mailbox.url)
    assert [each.state for each in (await mails_of(mail_desk, case)).sent] == ["queued", "refused"]
    await deliver(organisation, mailbox.url)
    assert [each.state for each in (await mails_of(mail_desk, case)).sent] == ["sent", "refused"]
    assert len(mailbox.taken) == 1
    (after,) = await mail_desk.cases()
    assert after.answered_at is None and after.heard_at is not None, "nobody has had an answer"
    async with begin(mail_desk.practitioner) as work:
        said = [entry.words for entry in await list_entries(work, case.id) if entry.kind == "note"]
    assert said == [failing.NOT_LEFT.format(why="their mail server refused it")]


async def test_whom_the_answer_to_a_wave_did_not_reach_waits_again_and_is_answered_by_the_same_words(
    mail_desk, mailbox, someone
):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    supervisor = await someone(Role.SUPERVISOR, organisation=mail_desk.practitioner.organisation_id)
    async with begin(supervisor) as work:
        wave = await open_wave(work, "A trend", "Accounts in teachers' names.")
        await join_wave(work, case, wave.id, case.version)
        assert (await answer_wave(work, wave.id, "We know of it.", (), State.ADVICE_GIVEN, wave.version)).told == 1
    await deliver(supervisor.organisation_id, None)
    (after,) = await mail_desk.cases()
    assert (after.state, after.answered_at, after.heard_at is None) == (State.ADVICE_GIVEN, None, False)
    async with begin(supervisor) as work:
        wave = await get_wave(work, wave.id)
        assert (await answer_wave(work, wave.id, "We know of it.", (), State.ADVICE_GIVEN, wave.version)).told == 1
    await deliver(supervisor.organisation_id, mailbox.url)
    async with begin(supervisor) as work:
        wave = await get_wave(work, wave.id)
        with pytest.raises(Invalid):
            await answer_wave(work, wave.id, "We know of it.", (), State.ADVICE_GIVEN, wave.version)
    (at_last,) = await mail_desk.cases()
    assert at_last.answered_at is not None and at_last.heard_at is None


async def test_without_a_mail_server_it_is_said_that_it_did_not_leave(mail_desk):
    case = await answered(mail_desk)
    await deliver(mail_desk.practitioner.organisation_id, None)
    assert {each.state for each in (await mails_of(mail_desk, case)).sent} == {"kept"}


async def test_where_no_mail_is_received_an_answer_comes_from_the_services_address(mail_desk, mailbox):
    await answered(mail_desk)
    sender = DeskSender(SENDER.sender, "")
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url, sender)
    answer: EmailMessage = mailbox.mails[-1]
    assert "safeguard@help.example" in answer["From"]
    assert "Answer this mail" not in answer.get_content()


async def test_words_of_a_caller_cannot_put_a_header_into_a_mail(mail_desk, mailbox):
    content = raw(mail()).replace(b"Sam Oakes", b"=?utf-8?q?Sam=0D=0ABcc=3A_eve=40evil.example?=")
    await mail_desk.send(content)
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    assert [each["Bcc"] for each in mailbox.mails] == [None]
    assert all(b"evil.example" not in each for each in mailbox.taken)


async def test_whether_it_helped_is_asked_once(mail_desk, mailbox):
    case = await answered(mail_desk)
    async with begin(mail_desk.practitioner) as work:
        assert await post_feedback(work, case)
        assert await post_feedback(work, case) is None
    await deliver(mail_desk.practitioner.organisation_id, mailbox.url)
    link = f"https://help.example/help/{mail_desk.slug}/feedback/{await mail_desk.token(case.id)}"
    assert link in mailbox.mails[-1].get_content()


async def test_the_answer_to_a_wave_is_mailed_to_those_who_wrote_by_mail(mail_desk, mailbox, someone):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    supervisor = await someone(Role.SUPERVISOR, organisation=mail_desk.practitioner.organisation_id)
    async with begin(supervisor) as work:
        wave = await open_wave(work, "A trend", "Accounts in teachers' names.")
    async with begin(supervisor) as work:
        await join_wave(work, await get_case(work, case.id), wave.id, case.version)
    async with begin(supervisor) as work:
        await answer_wave(work, wave.id, "We know of it: {reference}.", (), State.ADVICE_GIVEN, wave.version)
    await deliver(supervisor.organisation_id, mailbox.url)
    assert f"We know of it: {case.reference}." in mailbox.mails[-1].get_content()
