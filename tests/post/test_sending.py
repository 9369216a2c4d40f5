"""Mail: posted with the work that asks for it, sent by a worker, each with its delivery kept."""

import re
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.context import PLATFORM
from safeguard.paths import TEMPLATES
from safeguard.post import secrets
from safeguard.post.posting import post_mail, post_mail_to
from safeguard.post.smtp import open_mailer
from safeguard.post.writing import sender_of, write
from safeguard.settings import SettingsError
from safeguard.work import begin
from tests.post.conftest import Mailbox
from tests.post.working import SENDER, do, work_off

pytestmark = pytest.mark.anyio

STATE = "select state, fault, attempts, secret from outbox where id = $1"


async def _state(organisation: UUID, mail: UUID) -> tuple[object, ...]:
    async with begin(system(organisation)) as work:
        return tuple(await work.driver.fetchrow(STATE, mail))


async def _posted(actor: Actor, template: str = "password_reset", link: str | None = "/reset/abc") -> UUID:
    async with begin(actor) as work:
        assert actor.user_id
        mail = await post_mail(work, actor.user_id, template, link=link)
        assert mail
        return mail


async def test_a_mail_brings_its_link_to_the_member_it_is_for(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    await work_off(lead.organisation_id, mailbox.url)
    [sent] = mailbox.mails
    assert "https://safeguard.test/reset/abc" in sent.get_body(("plain",)).get_content()
    assert sent["To"].endswith("@example.org")
    assert await _state(lead.organisation_id, mail) == ("sent", None, 1, None)


async def test_a_link_that_waits_cannot_be_read_in_the_database(someone):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    state, _, _, secret = await _state(lead.organisation_id, mail)
    assert state == "queued"
    assert "reset" not in str(secret)
    assert secrets.unseal(str(secret)) == "/reset/abc"


async def test_a_link_that_this_server_did_not_seal_never_leaves(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        mail = await work.driver.fetchval(
            "select public.post_mail($1, $2, $3)", lead.user_id, "password_reset", "/evil"
        )
    await work_off(lead.organisation_id, mailbox.url)
    assert mailbox.taken == []
    assert (await _state(lead.organisation_id, mail))[:2] == ("refused", "Tampered")


async def test_work_that_is_rolled_back_sends_nothing(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    with pytest.raises(ZeroDivisionError):
        async with begin(lead) as work:
            await post_mail(work, lead.user_id, "password_reset", link="/reset/abc")
            raise ZeroDivisionError
    assert await work_off(lead.organisation_id, mailbox.url, ahead=True) == []
    assert mailbox.taken == []


async def test_a_server_in_a_bad_moment_is_asked_again_with_the_same_message_id(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    mailbox.answers = ["451 later", "250 taken"]
    await work_off(lead.organisation_id, mailbox.url)
    assert (await _state(lead.organisation_id, mail))[:3] == ("queued", "SMTPDataError", 1)
    await work_off(lead.organisation_id, mailbox.url, ahead=True)
    assert (await _state(lead.organisation_id, mail))[:3] == ("sent", None, 2)
    assert [sent["Message-ID"] for sent in mailbox.mails] == [f"<{mail}@safeguard.test>"]


async def test_a_mail_that_is_refused_for_good_is_not_sent_again(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    mailbox.answers = ["550 no such mailbox"]
    await work_off(lead.organisation_id, mailbox.url)
    assert (await _state(lead.organisation_id, mail))[:2] == ("refused", "550")
    assert await work_off(lead.organisation_id, mailbox.url, ahead=True) == []


async def test_a_server_that_stays_away_stops_the_mail_and_trying_again_sends_it(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    for _ in range(8):
        await work_off(lead.organisation_id, "smtp://127.0.0.1:9?tls=none", ahead=True)
    assert (await _state(lead.organisation_id, mail))[:3] == ("stopped", "ConnectionRefusedError", 8)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update jobs.job set state = 'queued', attempts = 0, run_at = sec.clock()")
    await work_off(lead.organisation_id, mailbox.url)
    assert (await _state(lead.organisation_id, mail))[0] == "sent"


async def test_without_a_mail_server_a_mail_is_kept_and_its_link_forgotten(someone):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    await work_off(lead.organisation_id, None)
    assert await _state(lead.organisation_id, mail) == ("kept", "NoMailServer", 1, None)


async def test_a_mail_that_was_sent_is_not_sent_by_a_second_worker(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    await work_off(lead.organisation_id, mailbox.url)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update jobs.job set state = 'queued', run_at = sec.clock()")
    await do(mail, "mail.send", open_mailer(mailbox.url))
    assert len(mailbox.taken) == 1


async def test_who_has_left_gets_no_mail(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    mail = await _posted(lead)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update memberships set state = 'ended'")
    await work_off(lead.organisation_id, mailbox.url)
    assert (await _state(lead.organisation_id, mail))[:2] == ("refused", "HasLeft")
    assert mailbox.taken == []


async def test_the_same_key_posts_one_mail(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        first = await post_mail(work, lead.user_id, "digest", key="digest today")
        second = await post_mail(work, lead.user_id, "digest", key="digest today")
    assert (first is None, second is None) == (False, True)


async def test_somebody_without_an_account_gets_a_link_too(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await post_mail_to(work, "Chair@Example.org", "approval_asked", link="/approve/xyz")
    await work_off(lead.organisation_id, mailbox.url)
    [sent] = mailbox.mails
    assert sent["To"] == "chair@example.org"
    assert sent["List-Unsubscribe"] is None


async def test_a_forgotten_password_is_mailed_before_any_organisation_was_entered(someone, mailbox: Mailbox):
    lead = await someone(Role.LEAD)
    sealed = secrets.seal("/reset/abc")
    async with pool.current().entered(UUID(PLATFORM), None, "sign-in") as connection:
        mail = await connection.fetchval("select public.post_mail($1, $2, $3)", lead.user_id, "password_reset", sealed)
        nobody = await connection.fetchval(
            "select public.post_mail($1, $2, $3)", lead.organisation_id, "password_reset", sealed
        )
        await connection.execute("commit")
    assert nobody is None
    await work_off(lead.organisation_id, mailbox.url)
    assert (await _state(lead.organisation_id, mail))[0] == "sent"


async def test_a_member_of_another_organisation_is_not_written_to(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(lead) as work:
        call = "select public.post_mail($1, $2, $3)"
        assert await work.driver.fetchval(call, stranger.user_id, "password_reset", "x") is None


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_no_mail_server_is_said_so(url: str):
    with pytest.raises(SettingsError, match="SAFEGUARD_SMTP_URL"):
        open_mailer(url)


def test_a_mail_server_is_spoken_to_in_secret_unless_its_address_says_not():
    plain, upgraded, secret = (open_mailer(url) for url in ("smtp://h?tls=none", "smtp://u:p%40ss@h", "smtps://u:p@h"))
    assert plain and upgraded and secret
    assert (plain.insists, upgraded.insists, secret.encrypted) == (False, True, True)
    assert (upgraded.port, secret.port, upgraded.password) == (587, 465, "p@ss")
    assert "p@ss" not in repr(upgraded)
    assert SENDER.address == "safeguard@safeguard.test"


@pytest.mark.parametrize("template", sorted(path.name for path in (TEMPLATES / "messages").iterdir() if path.is_dir()))
def test_no_sentence_of_a_mail_runs_into_the_next(template: str):
    mail = write(
        clock.new_id(), template, "lead@example.org", "Alder Vale", "/notices", sender_of("https://s.test", "")
    )
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert re.findall(r"\S*[.!?][A-Z]\S*", plain.get_content()) == []
    assert max(map(len, str(mail["Subject"]).splitlines())) < 70
