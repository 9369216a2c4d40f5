"""Mail becomes a case or continues one; what is none is kept as what it is; nothing is taken that is not committed."""

import smtplib

import anyio
import anyio.to_thread
import pytest

from safeguard.access.actors import system
from safeguard.database import pool
from safeguard.helpline.mail import receiver, taking
from safeguard.helpline.mail.queries import list_mails
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import get_case, list_entries
from safeguard.helpline.states import State
from safeguard.work import begin
from tests.helpline.mail.conftest import MailDesk
from tests.helpline.mail.writing import CALLER, mail, raw

pytestmark = pytest.mark.anyio


async def words_of(desk, case) -> list[tuple[str, str]]:
    async with begin(system(desk.practitioner.organisation_id)) as work:
        return [(entry.kind, entry.words) for entry in await list_entries(work, case.id)]


async def test_a_mail_becomes_a_case_of_whoever_wrote(mail_desk):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    assert (case.channel, case.state, case.assigned_to) == ("email", State.SUBMITTED, None)
    assert (case.caller_name, case.caller_contact) == ("Sam Oakes", CALLER)
    assert "An account in a name" in case.summary
    assert "pretends to be a teacher" in case.summary
    (kept,) = await mail_desk.came()
    assert (kept["became"], kept["case_id"]) == ("case", case.id)


@pytest.mark.parametrize("mail_desk", ["lmtp"], indirect=True)
async def test_a_neighbour_may_speak_lmtp(mail_desk):
    await mail_desk.send(mail())
    assert len(await mail_desk.cases()) == 1


async def test_the_same_mail_again_is_kept_once(mail_desk):
    message = mail()
    await mail_desk.send(message)
    await mail_desk.send(raw(message).replace(b"Subject:", b"Received: by a second way\r\nSubject:"))
    assert len(await mail_desk.cases()) == 1
    assert len(await mail_desk.came()) == 1


async def test_the_same_mail_handed_over_at_the_same_moment_is_kept_once(mail_desk):
    message = mail()
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(mail_desk.send, message)
    assert len(await mail_desk.cases()) == 1


async def test_a_stranger_who_knows_the_message_id_cannot_hide_the_true_mail(mail_desk):
    true = mail()
    await mail_desk.send(mail("Nothing.", From="eve@evil.example", Message_ID=str(true["Message-ID"])))
    await mail_desk.send(true)
    assert CALLER in {case.caller_contact for case in await mail_desk.cases()}


async def test_the_token_in_the_address_continues_the_case_and_no_subject_does(mail_desk):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    await mail_desk.send(mail("It posts again."), mail_desk.address(await mail_desk.token(case.id)))
    assert len(await mail_desk.cases()) == 1
    assert any("It posts again." in words for _, words in await words_of(mail_desk, case))
    (case,) = await mail_desk.cases()
    assert case.heard_at is not None
    await mail_desk.send(mail("Another matter.", Subject=f"Re: {case.reference}"))
    assert len(await mail_desk.cases()) == 2


async def test_a_token_that_nobody_has_opens_a_new_case(mail_desk):
    await mail_desk.send(mail(), mail_desk.address("k" * 16))
    assert len(await mail_desk.cases()) == 1


async def test_another_sender_with_the_token_is_marked(mail_desk):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    token = await mail_desk.token(case.id)
    await mail_desk.send(mail("Tell me all.", From="eve@evil.example"), mail_desk.address(token), "eve@evil.example")
    assert any("another address than this caller" in words for _, words in await words_of(mail_desk, case))
    assert [each.caller_contact for each in await mail_desk.cases()] == [CALLER]


async def test_writing_to_a_closed_case_opens_it_again(mail_desk):
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    async with begin(mail_desk.practitioner) as work:
        for state in (State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED):
            case = await move_case(work, case, state, "Advised.", case.version)
    await mail_desk.send(mail("It came back."), mail_desk.address(await mail_desk.token(case.id)))
    assert [each.state for each in await mail_desk.cases()] == [State.TRIAGED]


async def test_an_answer_of_a_machine_wakes_nobody_and_opens_no_case(mail_desk):
    await mail_desk.send(mail("I am away.", Auto_Submitted="auto-replied"))
    assert await mail_desk.cases() == []
    await mail_desk.send(mail())
    (case,) = await mail_desk.cases()
    away = mail("I am away until Monday.", Auto_Submitted="auto-replied")
    await mail_desk.send(away, mail_desk.address(await mail_desk.token(case.id)))
    (after,) = await mail_desk.cases()
    assert after.heard_at is None
    assert any("away until Monday" in words for _, words in await words_of(mail_desk, case))
    assert [row["became"] for row in await mail_desk.came()] == ["automatic", "case", "automatic"]


async def test_our_own_mail_in_a_circle_ends_here(mail_desk):
    await mail_desk.send(mail(From=mail_desk.address()))
    await mail_desk.send(mail(From=mail_desk.address("k" * 16)))
    handed = b"".join(b"Received: from a by b\r\n" for _ in range(60)) + raw(mail())
    await mail_desk.send(handed)
    assert await mail_desk.cases() == []
    assert [row["became"] for row in await mail_desk.came()] == ["loop"] * 3


async def test_a_colleague_in_the_same_domain_is_no_circle(mail_desk):
    await mail_desk.send(mail(From="jane@help.example"))
    assert [case.caller_contact for case in await mail_desk.cases()] == ["jane@help.example"]


async def test_a_bounce_without_a_case_is_kept_and_opens_none(mail_desk):
    await mail_desk.send(mail("Undelivered Mail Returned to Sender"), return_path="")
    assert await mail_desk.cases() == []
    assert [row["became"] for row in await mail_desk.came()] == ["bounce"]


@pytest.mark.parametrize("to", ["nobody-here@help.example", "x@other.example", "sample@help.example"])
async def test_an_address_of_nobody_is_refused(mail_desk, to):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await mail_desk.send(mail(), to)


async def test_an_organisation_that_is_no_helpline_has_no_address(mail_desk, organisation):
    school = await organisation("school")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await mail_desk.send(mail(), f"sample-{school.hex[-12:]}@help.example")


async def test_a_second_recipient_is_asked_to_come_by_itself(mail_desk):
    def converse() -> int:
        with smtplib.SMTP("127.0.0.1", mail_desk.port) as server:
            server.ehlo()
            server.mail(CALLER)
            server.rcpt(mail_desk.address())
            return server.rcpt(mail_desk.address("k" * 16))[0]

    assert await anyio.to_thread.run_sync(converse) == 452


async def test_a_mail_of_forty_megabytes_is_refused_before_and_after_it_says_its_size(mail_desk):
    begun = raw(mail("x" * 70 + "\n"))
    large = begun + (b"x" * 76 + b"\r\n") * 540_000
    in_one_line = begun + b"x" * 41_000_000 + b"\r\n"

    with pytest.raises(smtplib.SMTPSenderRefused):
        await mail_desk.send(large)
    for each in (large, in_one_line):
        assert (await anyio.to_thread.run_sync(said_to, mail_desk, each))[0] == 552
    assert (await anyio.to_thread.run_sync(said_to, mail_desk, begun + b"x" * 100_000 + b"\r\n"))[0] == 500
    assert await mail_desk.came() == []


async def test_a_mail_without_end_is_cut_off_and_the_next_is_taken(mail_desk, monkeypatch):
    monkeypatch.setattr(receiver, "GIVEN_UP", 1 << 20)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await anyio.to_thread.run_sync(said_to, mail_desk, raw(mail()) + b"x" * 41_000_000)
    await mail_desk.send(mail())
    assert len(await mail_desk.came()) == 1


def said_to(desk: MailDesk, content: bytes) -> tuple[int, bytes]:
    """What is said to a mail whose size nobody told before."""
    with smtplib.SMTP("127.0.0.1", desk.port) as server:
        server.helo()
        server.mail(CALLER)
        server.rcpt(desk.address())
        return server.data(content)


async def test_when_the_database_is_away_the_mail_is_not_taken(mail_desk):
    working = pool.current()
    pool.use(None)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as told:
        await mail_desk.send(mail())
    pool.use(working)
    assert {code for code, _ in told.value.recipients.values()} == {451}
    await mail_desk.send(mail())
    assert len(await mail_desk.cases()) == 1


async def test_when_it_cannot_be_kept_it_is_not_taken(mail_desk, monkeypatch):
    async def broken(*_: object) -> None:
        raise RuntimeError("in the middle")

    message = mail()
    monkeypatch.setattr(taking, "_keep", broken)
    with pytest.raises(smtplib.SMTPDataError) as told:
        await mail_desk.send(message)
    assert told.value.smtp_code == 451
    assert await mail_desk.cases() == []
    monkeypatch.undo()
    await mail_desk.send(message)
    assert len(await mail_desk.cases()) == 1


async def test_one_address_that_floods_is_asked_to_come_later_and_others_are_heard(mail_desk, monkeypatch):
    monkeypatch.setattr(taking, "MOST_AN_HOUR", 2)
    for _ in range(2):
        await mail_desk.send(mail())
    with pytest.raises(smtplib.SMTPDataError) as told:
        await mail_desk.send(mail())
    assert told.value.smtp_code == 451
    await mail_desk.send(mail(From="other@birch.example"))
    assert len(await mail_desk.cases()) == 3


async def test_more_connections_than_it_holds_are_turned_away_and_room_is_made_again(mail_desk, monkeypatch):
    monkeypatch.setattr(receiver, "AT_ONCE", 1)

    def both() -> int:
        with smtplib.SMTP("127.0.0.1", mail_desk.port):
            try:
                smtplib.SMTP("127.0.0.1", mail_desk.port).close()
            except smtplib.SMTPConnectError as refusal:
                return refusal.smtp_code
        return 0

    assert await anyio.to_thread.run_sync(both) == 421
    await mail_desk.send(mail())
    assert len(await mail_desk.cases()) == 1


async def test_what_the_trusted_server_says_of_a_sender_is_kept_and_shown(mail_desk):
    await mail_desk.send(mail(Authentication_Results="mx.help.example; dmarc=fail header.from=alder.example"))
    (case,) = await mail_desk.cases()
    async with begin(mail_desk.practitioner) as work:
        mails = await list_mails(work, case.id)
    assert mails.unproven
    assert [each.sender for each in mails.came] == [CALLER]
    assert mails.sent == ()


async def test_a_long_subject_stands_in_the_case_and_its_beginning_with_the_mail(mail_desk):
    await mail_desk.send(mail(Subject="x" * 5_000))
    (case,) = await mail_desk.cases()
    assert "x" * 5_000 in case.summary
    assert [len(row["subject"]) for row in await mail_desk.came()] == [300]


async def test_a_picture_is_named_and_nothing_of_it_is_in_the_database(mail_desk):
    message = mail()
    message.add_attachment(b"\xff\xd8SECRETBYTES" * 50, maintype="image", subtype="jpeg", filename="her.jpg")
    await mail_desk.send(message)
    (case,) = await mail_desk.cases()
    async with begin(mail_desk.practitioner) as work:
        case = await get_case(work, case.id)
    assert "her.jpg (image/jpeg" in case.summary
    assert "SECRETBYTES" not in repr(await mail_desk.came()) + repr(case)
