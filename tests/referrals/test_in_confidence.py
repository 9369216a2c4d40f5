"""What a caller says in confidence at the helpline leaves it by no way that there is: one sentence is followed through
every row, message, mail, pack and report that comes of its case.
"""

import zipfile
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import msgspec
import psycopg
import pytest
from psycopg import sql
from pypdf import PdfReader

from safeguard.access.actors import system
from safeguard.channel import receiving
from safeguard.channel.bodies import Url
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.keys import own_keys
from safeguard.database.catalogue import TABLES
from safeguard.evidence.making import Workshop
from safeguard.evidence.sealing import FileKeySigner
from safeguard.helpline import receiving as helpline
from safeguard.helpline.case import ToldOn
from safeguard.helpline.mail.posting import post_feedback
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import FIRST, get_case, list_queue, list_urls_of
from safeguard.helpline.report.annual import begin_annual
from safeguard.helpline.report.composing import write_report
from safeguard.helpline.report.opendata import figures_csv
from safeguard.helpline.report.spans import Span
from safeguard.helpline.states import State
from safeguard.helpline.takedown import step_on
from safeguard.helpline.taking import Facts, change_facts
from safeguard.helpline.telling_on import tell_on
from safeguard.helpline.writing import add_to_case
from safeguard.incidents.chapter import IncidentChapter
from safeguard.referrals.chapter import WithReferrals
from safeguard.referrals.queries import list_referrals
from safeguard.referrals.referring import refer
from safeguard.strongbox import objects
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.referrals.making import OPENED
from tests.referrals.test_packs import made

pytestmark = pytest.mark.anyio

CANARY = "marmalade harpsichord"
CONFIDED = f"The deputy heard of it in June from the {CANARY} choir."
TOLD = "A colleague in charge knew of it before."
OWN_RECORD = {"public.helpline_entries", "audit.documents"}
"""Where the helpline keeps it: the case, and its own log's bound copy."""
KEYED = """
select table_schema || '.' || table_name from information_schema.columns join information_schema.tables
    using (table_schema, table_name)
where table_type = 'BASE TABLE'
    and column_name = case table_name when 'organisations' then 'id' else 'organisation_id' end
order by 1
"""


def rows_with(owner: psycopg.Connection, organisation: UUID, words: str) -> set[str]:
    """The tables in which a row of this organisation holds the words, as text or as bytes."""
    found = set[str]()
    for (name,) in owner.execute(KEYED).fetchall():
        key = TABLES[name].key if name in TABLES else "organisation_id"
        query = sql.SQL("select 1 from {} t where t.{} = %s and (t::text ilike %s or t::text like %s) limit 1").format(
            sql.Identifier(*name.split(".")), sql.Identifier(key)
        )
        held = owner.execute(query, (organisation, f"%{words}%", f"%{words.encode().hex()}%")).fetchone()
        found |= {name} if held else set()
    return found


@pytest.fixture
def shop(addresses, tmp_path) -> Workshop:
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer)
    store = objects.open_store((tmp_path / "objects").as_uri())
    return Workshop(signer, store, WithReferrals(IncidentChapter()), tmp_path / "bench")


async def refer_to_the_desk(channel, incident) -> UUID:
    async def receive(work, sender: Correspondent, body) -> None:
        await helpline.receive(work, body, sender=sender.id, profile=profile_of("helpline"))

    receiving.bind(helpline=receive)
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    body = msgspec.structs.replace(OPENED, urls=(Url(url="https://social.example/account"),))
    async with begin(channel.school) as work:
        referral = await refer(work, incident, body, channel.helpline.organisation_id, ())
    await channel.all()
    return referral.id


async def work_at_the_desk(practitioner) -> None:
    """Everything that a desk does with a case of which something was said in confidence."""
    async with begin(practitioner) as work:
        (case,) = await list_queue(work, FIRST, 10)
        case = await move_case(work, case, State.ACKNOWLEDGED, "", case.version)
        await add_to_case(work, case, "confidence", "phone", CONFIDED, (), distressing=True)
        await add_to_case(work, case, "note", "", CONFIDED, (), distressing=False)
        facts = Facts(summary=case.summary, caller_contact="sam@alder.example", issues=case.issues)
        case = await change_facts(work, profile_of("helpline"), case, facts, case.version)
        told = ToldOn(to="Children's social care", why="A pupil is at risk.", at=work.now())
        await tell_on(work, case, told, TOLD)
        case = await get_case(work, case.id)  # more urgent now
        (url,) = await list_urls_of(work, case.id)
        await step_on(work, url, "passed_police", work.now(), "P-1", "Passed on.", url.version)
        await add_to_case(work, case, "answer", "shared", TOLD, ("ceop",), distressing=False, mails=True)
        for state in (State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED):
            case = await move_case(work, case, state, "It ended well.", case.version)
        await post_feedback(work, case)


async def report_of(practitioner) -> bytes:
    """The year's report and its figures, as anybody could read them."""
    async with begin(practitioner) as work:
        today = work.now().date()
        annual = await begin_annual(work, "year", "The year", Span(today - timedelta(days=300), today))
        paper = await write_report(work, profile_of("helpline"), load_bank_holidays().helpline, annual)
    return msgspec.json.encode(paper) + figures_csv(paper)


async def test_what_was_said_in_confidence_is_in_the_helplines_record_and_nowhere_else(
    channel, incident, owner, shop, tmp_path
):
    referral = await refer_to_the_desk(channel, incident)
    await work_at_the_desk(channel.helpline)
    await channel.reply_all()
    assert rows_with(owner, channel.helpline.organisation_id, CANARY) == OWN_RECORD
    assert rows_with(owner, channel.school.organisation_id, CANARY) == set()
    assert "public.referral_steps" in rows_with(owner, channel.school.organisation_id, TOLD)
    async with begin(channel.school) as work:
        assert [(each.id, each.state) for each in await list_referrals(work)] == [(referral, "closed")]
    pack = await made(channel.school, incident, shop, tmp_path)
    with zipfile.ZipFile(pack) as members:
        told = b"".join(members.read(name) for name in members.namelist() if not name.endswith(".pdf"))
        pages = PdfReader(BytesIO(members.read("report.pdf"))).pages
        told += "".join(page.extract_text() for page in pages).encode()
    assert TOLD.encode() in told
    assert CANARY.encode() not in told + await report_of(channel.helpline)
