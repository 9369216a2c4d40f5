"""Mail carries no content: every field that somebody can fill in is filled with canaries, and every byte is searched.

The hunt looks at what leaves (subjects, bodies, headers, decoded), at what waits (the outbox, the jobs, the notices),
at the page that shows every notice there is a rule for, in both languages, and would notice: a template that is given a
name fails it. A rule whose notice nobody gets here fails it too: what it is about has to be made below.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from itertools import count
from uuid import UUID

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.weekly import make_report
from safeguard.identity import acts, two_person
from safeguard.identity.managing import change_roles
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened
from safeguard.intake.alert import NewAlert
from safeguard.intake.receiving import receive_alert
from safeguard.notifications import gathering
from safeguard.notifications.choosing import Choices, choose
from safeguard.notifications.rules import NOTICES, said
from safeguard.notifications.telling import News, tell
from safeguard.paths import TEMPLATES
from safeguard.people.recording import record_person
from safeguard.post import writing
from safeguard.records.access import handling
from safeguard.records.access.handling import NewRequest
from safeguard.standards.frameworks import BUILT_IN, load_frameworks
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.web.languages import speaking
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
from tests.factories.people import called
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

NAME = "Zebulon Quixwhistle"
CANARY = "canary-7f3a"
CODES = ("tiktok", "impersonation", "grooming", "contact", "affected", "alleged", "emergency", "pupil", "school_site")
WAITING = """
select row_to_json(o)::text from outbox o union all select row_to_json(n)::text from notices n
union all select row_to_json(j)::text from jobs.job j
"""


async def canaries(someone, mailbox: Mailbox, lead: Actor | None = None) -> tuple[Actor, str]:
    """One of everything that tells anybody anything, its every word a canary; who leads, and the reference."""
    lead = lead or await someone(Role.LEAD)
    here = lead.organisation_id
    deputy, head, reporter = [
        await someone(role, organisation=here) for role in (Role.DEPUTY, Role.HEAD, Role.REPORTER)
    ]
    async with begin(system(here)) as work:
        await work.driver.execute("update organisations set name = 'Alder School'")
    people = tuple(
        msgspec.structs.replace(person, name=f"{NAME} {CANARY}", notes=CANARY) for person in IMPERSONATION.people
    )
    new = msgspec.structs.replace(
        IMPERSONATION, narrative=CANARY, people=people, accounts=CANARY, place_detail=CANARY, child_words=CANARY,
        immediate_action=CANARY, danger_now=True, issue_types=tuple(list(SCHOOL.issues)[:2]),
        four_c=tuple(SCHOOL.areas), risk_areas=tuple(SCHOOL.risk_areas)[:2],
        happened=Happened(precision="about", words=CANARY),
    )  # fmt: skip
    async with begin(reporter) as work:
        facts = (await record_incident(work, new, SCHOOL)).facts
    for _ in range(3):
        await work_off(here, mailbox.url, ahead=True)
    async with begin(lead) as work:
        await acknowledge(work, facts.id, 1)
    async with begin(lead) as work:
        await assign(work, facts.id, 2, deputy.user_id, CANARY)
    async with begin(lead) as work:
        await add_entry(work, facts.id, msgspec.structs.replace(ACTION, words=CANARY, owner_id=deputy.user_id))
    for _ in range(3):
        await work_off(here, mailbox.url, ahead=True)
    assert head.user_id
    return lead, facts.reference


def everything(mailbox: Mailbox) -> str:
    """All that left, as it was sent and as a mail program shows it."""
    shown = [str(part.get_content()) for mail in mailbox.mails for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(raw.decode("utf-8", "replace") for raw in mailbox.taken), *shown]).lower()


async def test_no_mail_holds_a_name_a_category_or_a_word_of_the_record(someone, mailbox: Mailbox):
    lead, reference = await canaries(someone, mailbox)
    found = everything(mailbox)
    assert {mail["Subject"] for mail in mailbox.mails} >= {
        "A new report waits for you in Safeguard", "At least one report still waits to be read",
        "Your report was received", "You have a new task in Safeguard", "A task of yours is due",
    }  # fmt: skip
    for word in (CANARY, NAME.lower(), "quixwhistle", reference.lower(), *CODES):
        assert word not in found, word
    assert "sample person" not in found
    assert str(lead.organisation_id) not in found


async def test_what_waits_to_be_sent_holds_none_either(someone, mailbox: Mailbox):
    lead, _ = await canaries(someone, mailbox)
    async with begin(system(lead.organisation_id)) as work:
        kept = "\n".join(row[0] for row in await work.driver.fetch(WAITING)).lower()
    for word in (CANARY, "quixwhistle", "tiktok", "impersonation"):
        assert word not in kept, word


async def test_the_hunt_would_notice(someone, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    said = writing._said
    monkeypatch.setattr(writing, "_said", lambda *given: said(*given) + NAME)
    await canaries(someone, mailbox)
    assert "quixwhistle" in everything(mailbox)


LANGUAGES = ("en_GB", "cy")
SENT = """
insert into transfers (organisation_id, id, person_name, way, recipient, recipient_person, basis, policy,
    incident_count, file_count, sent_at, sent_by, sent_by_name, sha256, size)
values ((select sec.current_organisation()), $1, $2, 'paper', $2, $2, $2, 'keep', 0, 0, $3, $4, $2,
    decode(repeat('00', 32), 'hex'), 1)
"""
MAILED = """
select n.event from notices n join outbox o on o.organisation_id = n.organisation_id and o.notice_id = n.id
where n.organisation_id = (select sec.current_organisation()) and n.recipient_id = $1 and o.state = 'sent'
  and n.key like '% ' || $2
"""
OLDER = re.compile(r'href="(/notices\?after=[^"]+)"')
WORDS = re.compile(r'class="sg-need__what">(.*?)</p>', re.DOTALL)
LINK = re.compile(r"https?:[^\s<>\"]+")
INCIDENT = "select id from incidents where organisation_id = (select sec.current_organisation()) and reference = $1"


@dataclass(frozen=True)
class About:
    """What the notices of every rule are about, full of canaries."""

    head: Actor
    deputy: Actor
    """Whose mail is gathered."""
    reference: str
    incident: UUID
    subjects: dict[str, UUID]
    """By what a code begins with, where whoever is told has to know of it; anything else is about the incident."""

    def news(self, code: str, language: str) -> News:
        subject = self.subjects.get(code.split(".")[0], self.incident)
        return News(code, subject, self.incident if subject == self.incident else None, key=language)


async def about_everything(lead: Actor, mailbox: Mailbox, someone, addresses: Addresses) -> About:
    """An incident, a concern, an alert, a transfer, a proposal, an improvement, a report, full of names."""
    here, said = lead.organisation_id, f"{NAME} {CANARY}"
    _, reference = await canaries(someone, mailbox, lead)
    head, deputy = [await someone(role, organisation=here) for role in (Role.HEAD, Role.DEPUTY)]
    new = NewConcern(
        subject_name=said, subject_work=CANARY, narrative=CANARY, happened_words=CANARY, immediate_action=CANARY
    )
    async with begin(head) as work:
        concern = (await raise_concern(work, new)).id
        seen = NewAlert(id="1", raised_at=work.now(), user=said, category=CANARY, words=CANARY)
        alert = (await receive_alert(work, "Watchful", seen)).id
        incident = await work.driver.fetchval(INCIDENT, reference)
    async with begin(lead) as work:
        asker = await record_person(work, called("Zebulon", f"Quixwhistle {CANARY}"), SCHOOL)
    async with begin(lead) as work:
        request = await handling.receive(work, NewRequest(asker.id, "parent", said, "", clock.now().date()))
    noticed = NewAlert(id=CANARY, raised_at=clock.now(), severity="urgent", user=said, group=CANARY, words=CANARY)
    async with begin(lead) as work:
        alert = (await receive_alert(work, CANARY, noticed)).id
        pies = load_frameworks()[BUILT_IN]
        plan = Plan(words=said, owner=said, due_on=clock.now().date())
        improvement = await plan_improvement(work, pies, pies.controls[0], plan)
    transfer = clock.new_id()
    acts.bind(*two_person.ACTS)
    async with begin(lead) as work:
        await work.driver.execute(SENT, transfer, said, work.now(), lead.user_id)
        proposal = await change_roles(work, deputy.user_id, [Role.LEAD], reason=said)
    assert proposal
    async with begin(deputy) as work:
        await choose(work, Choices(duty="digest", tasks="digest", updates="digest"))
    async with begin(system(here)) as work:
        week = await make_report(work, FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer))
    assert week
    subjects = {
        "concern": concern, "transfer": transfer, "approval": proposal.id, "access_report": week, "request": request,
        "alert": alert, "improvement": improvement.id,
    }  # fmt: skip
    return About(head, deputy, reference, incident, subjects)


class AtHand:
    """A mail server without the network: there are very many mails, and what is hunted through is the same."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def send(self, message: EmailMessage) -> None:
        self.mailbox.taken.append(message.as_bytes())


async def tell_all(about: About, codes: Collection[str], language: str, mailbox: Mailbox) -> list[str]:
    """One notice of each, mailed; the codes of those that were mailed to the head one by one."""
    here = about.head.organisation_id
    with speaking(language):
        async with begin(system(here)) as work:
            for code in codes:
                await tell(work, {about.head.user_id, about.deputy.user_id}, about.news(code, language))
        await work_off(here, None, ahead=True, mailer=AtHand(mailbox))
    async with begin(system(here)) as work:
        return [row["event"] for row in await work.driver.fetch(MAILED, about.head.user_id, language)]


async def read_all_pages(browser, language: str) -> str:
    """Every page of somebody's notices."""
    pages, path = "", "/notices"
    with speaking(language):
        while path:
            page = (await browser.get(path)).text
            pages += page
            path = next(iter(OLDER.findall(page)), "")
    return pages


async def test_no_notice_says_more_by_mail_or_in_the_app_in_either_language(
    sign_in, someone, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, addresses: Addresses
):
    """Every rule's is told, mailed at once and gathered, and read; the reference stands in the app alone.

    In the second language one of each template leaves: what a mail says is its template's, whichever rule asked.
    """
    later = count()  # what is mailed together by the quarter of an hour is each in a quarter of its own here
    monkeypatch.setattr(gathering, "_quarter", lambda moment: moment + timedelta(hours=next(later)))
    lead = await sign_in(Role.LEAD)
    about = await about_everything(lead.actor, mailbox, someone, addresses)
    one_of_each = {rule.template: code for code, rule in NOTICES.items()}.values()
    for language, codes in zip(LANGUAGES, (NOTICES, one_of_each), strict=True):
        told = await tell_all(about, codes, language, mailbox)
        assert sorted(told) == sorted(codes), "each is told once: what a new rule is about has to be made above"
        await read_in(language, await sign_in(actor=about.head), about)
        await read_in(language, await sign_in(actor=about.deputy), about)
    assert "What waits for you in Safeguard" in {mail["Subject"] for mail in mailbox.mails}
    assert everything(mailbox).count("safeguard.example/t/") >= 6, "the checkpoint is among what is searched"
    search(everything(mailbox), about.reference, str(about.head.organisation_id), *CODES)


async def read_in(language: str, reader, about: About) -> None:
    """The page holds the sentences of the rules, and no other; and the head's holds every one."""
    pages = await read_all_pages(reader, language)
    with speaking(language):
        sentences = {escape(said(code)) for code in NOTICES}
    shown = set(WORDS.findall(pages))
    assert shown == sentences if reader.actor == about.head else shown <= sentences
    search("\n".join(shown), about.reference, *set(CODES) - {"emergency"})  # in which somebody may break the glass
    assert CANARY not in pages
    assert "quixwhistle" not in pages.lower()


def search(text: str, *others: str) -> None:
    """No name, no word of the record, and none of these."""
    for word in (CANARY, NAME, "quixwhistle", "sample person", *others):
        assert word.lower() not in text.lower(), word


def test_no_mail_there_is_a_template_for_can_be_given_anything_else():
    """Each is written from the address of a page and the organisation's name, whatever it would like to know."""
    names = sorted(folder.name for folder in (TEMPLATES / "messages").iterdir() if folder.is_dir())
    assert {rule.template for rule in NOTICES.values()} <= set(names)
    sender = writing.sender_of("https://safeguard.test", "")
    for language in LANGUAGES:
        with speaking(language):
            for name in names:
                mail = writing.write(clock.new_id(), name, "a@example.org", "Alder School", "/there", sender)
                bodies = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
                assert mail["Subject"] and all(body.strip() for body in bodies), name
                links = LINK.findall("\n".join(bodies))
                assert all(link.startswith("https://safeguard.test/") for link in links), name
