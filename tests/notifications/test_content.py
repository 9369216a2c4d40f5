"""Mail carries no content: every field that somebody can fill in is filled with canaries, and every byte is searched.

The hunt looks at what leaves (subjects, bodies, headers, decoded), at what waits (the outbox, the jobs, the notices)
and would notice: a template that is given a name fails it.
"""

import msgspec
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened
from safeguard.post import writing
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
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


async def canaries(someone, mailbox: Mailbox) -> tuple[Actor, str]:
    """One of everything that tells anybody anything, its every word a canary; who leads, and the reference."""
    lead = await someone(Role.LEAD)
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
        "A new report waits for you in Safeguard", "A report still waits to be read", "Your report was received",
        "You have a new task in Safeguard", "A task of yours is due",
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
