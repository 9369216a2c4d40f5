"""What somebody holds against a record is read wherever the record is: on an incident, and in its packs."""

import json
import zipfile
from io import BytesIO
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns import naming
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.disagreed import list_disagreed
from safeguard.incidents.hiding import circle
from safeguard.incidents.identifying import identify
from safeguard.incidents.queries import read_incident
from safeguard.people.recording import record_person
from safeguard.records.holding import About
from safeguard.records.logs.chapter import WithDisagreements
from safeguard.records.logs.writing import write_disagreement
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.making import disposed, recorded, second
from tests.records.test_packs import make

pytestmark = pytest.mark.anyio
SAID, ANSWER = "It was somebody else who wrote it.", "We asked again, and keep to it."


@pytest.fixture
def shop(addresses, shelf, tmp_path) -> Workshop:
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, shelf, WithDisagreements(IncidentChapter()), tmp_path / "bench")


async def _disagreed(lead) -> UUID:
    incident, person = await recorded(lead, "columbine")
    _, other = await recorded(lead, "delphinium")
    async with begin(lead) as work:
        await write_disagreement(work, person, "Carla Brook", SAID, ANSWER)
        await write_disagreement(work, other, "Somebody", "Of another record.", "")
    return incident


async def test_it_stands_on_every_incident_of_whoever_it_is_about_and_on_no_other(someone) -> None:
    lead = await someone(Role.LEAD)
    incident = await _disagreed(lead)
    async with begin(lead) as work:
        (held,) = await list_disagreed(work, incident)
    assert (held.about, held.by_name, held.words, held.answer) == ("Ana columbine", "Carla Brook", SAID, ANSWER)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_disagreed(work, incident) == ()


@pytest.mark.parametrize("redacted", [False, True])
async def test_a_pack_of_the_incident_tells_it_and_verifies(someone, shop, tmp_path, redacted: bool) -> None:
    lead = await someone(Role.LEAD)
    incident = await _disagreed(lead)
    async with begin(lead) as work:
        pack = await request_incident_pack(work, shop.chapter, incident, Disclosure.COMPLETE, redacted=redacted)
    file = await make(lead, shop, pack, tmp_path / "pack.zip")
    assert verify(file, []).verdict is Verdict.KEY_NOT_KNOWN
    with zipfile.ZipFile(file) as whole:
        data = json.dumps([json.loads(whole.read(name)) for name in whole.namelist() if name.startswith("data/")])
        pages = PdfReader(BytesIO(whole.read("report.pdf"))).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert SAID in text and ANSWER in text and SAID in data
    assert ("Carla Brook" in data + text) != redacted
    assert "Of another record." not in data
    assert msgspec.json.decode(data.encode())


async def _kept_from(lead: Actor) -> tuple[UUID, Actor]:
    """An incident against which something is held, and a deputy from whom it is kept; the lead may read the vault."""
    incident, head, kept_out = await _disagreed(lead), await second(lead), await second(lead, Role.DEPUTY)
    async with begin(head) as work:
        await naming.name(work, lead.user_id, "Leads safeguarding.")
    async with begin(lead) as work:
        await circle.exclude(work, incident, kept_out.user_id)
    return incident, kept_out


async def _tells(actor: Actor) -> list[str]:
    """The entries of both logs that somebody can come by, and the kinds of what was committed."""
    async with begin(actor, purpose="session") as work:
        rows = await work.driver.fetch(
            "select split_part(entry, E'\\n', 3) from audit.leaves where entry !~ 'log.created'"
            " union all select kind || ' committed' from audit.documents order by 1"
        )
    return [row[0] for row in rows]


@pytest.mark.parametrize("redacted", [False, True])
async def test_a_pack_of_a_restricted_incident_carries_it_and_whoever_is_kept_out_can_tell_nothing(
    someone, shop, tmp_path, redacted: bool
) -> None:
    lead = await someone(Role.LEAD)
    incident, kept_out = await _kept_from(lead)
    before = await _tells(kept_out)
    assert "disagreement.written" in before, "the disagreement is of a person, and everybody may know of it"
    async with begin(lead) as work:
        pack = await request_incident_pack(work, shop.chapter, incident, redacted=redacted)
    async with begin(lead) as work:
        again = await request_incident_pack(work, shop.chapter, incident, redacted=redacted)
    assert await _tells(kept_out) == before
    told = await _tells(lead)
    assert told.count("objection.told") == 1, "asked for twice, and nothing was new"
    file = await make(lead, shop, pack, tmp_path / "pack.zip")
    assert verify(file, []).verdict is Verdict.KEY_NOT_KNOWN
    with zipfile.ZipFile(file) as whole:
        data = json.loads(whole.read(f"data/objection-{incident}.json"))
        pages = PdfReader(BytesIO(whole.read("report.pdf"))).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert SAID in text and ANSWER in text and SAID in json.dumps(data)
    assert ("Carla Brook" in json.dumps(data) + text) != redacted
    (version,) = data["versions"]
    assert ("digest" in version["fields"]["held.1.by_name"]) == redacted, version["fields"]["held.1.by_name"]
    assert again != pack


async def test_a_pack_asked_for_later_says_what_is_held_against_it_by_then(someone, shop, tmp_path) -> None:
    lead = await someone(Role.LEAD)
    incident, _ = await _kept_from(lead)
    async with begin(lead) as work:
        await request_incident_pack(work, shop.chapter, incident)
        (person,) = (each.person_id for each in (await read_incident(work, incident)).people)
    async with begin(lead) as work:
        await write_disagreement(work, person, "Carla Brook", "And this as well.", "")
    async with begin(lead) as work:
        later = await request_incident_pack(work, shop.chapter, incident)
    with zipfile.ZipFile(await make(lead, shop, later, tmp_path / "later.zip")) as whole:
        text = " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(whole.read("report.pdf"))).pages).split())
        versions = json.loads(whole.read(f"data/objection-{incident}.json"))["versions"]
    assert len(versions) == 2
    assert text.count(SAID) == 1 and "And this as well." in text, "the last version is told, and it says all of it"


async def test_what_somebody_holds_who_is_here_because_of_it_alone_is_told_to_the_restricted_log(someone) -> None:
    lead = await someone(Role.LEAD)
    incident, kept_out = await _kept_from(lead)
    async with begin(lead) as work:
        met = await record_person(work, called("Dita", "Hale"), SCHOOL)
        (there,) = (await read_incident(work, incident)).people
        await work.driver.execute("update public.incident_people set person_id = $2 where id = $1", there.id, met.id)
    before = await _tells(kept_out)
    async with begin(lead) as work:
        await write_disagreement(work, met.id, "Dita Hale", SAID, ANSWER)
    assert await _tells(kept_out) == before
    assert (await _tells(lead)).count("disagreement.written") == 3


async def test_it_goes_with_the_person_from_every_log_and_from_the_packs_that_tell_it(someone, shop, tmp_path) -> None:
    lead = await someone(Role.LEAD)
    incident, _ = await _kept_from(lead)
    async with begin(lead) as work:
        witness = await record_person(work, called("Dita", "Hale"), SCHOOL)
    other, _ = await recorded(lead, "larkspur")
    head = await second(lead)
    async with begin(lead) as work:
        story = await read_incident(work, other)
        await identify(work, other, story.people[0].id, story.facts.version, witness.id)
        await work.driver.execute("update public.incident_people set role = 'witness' where person_id = $1", witness.id)
    async with begin(lead) as work:
        await write_disagreement(work, witness.id, "Dita Hale", "marjoram", "")
    async with begin(lead) as work:
        pack = await request_incident_pack(work, shop.chapter, other)
    await make(lead, shop, pack, tmp_path / "other.zip")
    await disposed(lead, head, About("person", witness.id), "erasure")
    async with begin(lead) as work:
        assert await work.driver.fetch("select 1 from audit.documents where fields like '%marjoram%'") == []
        gone = await work.driver.fetchval("select disposed_at is not null from public.packs where id = $1", pack)
    assert gone, "the pack held what went with them"
    assert incident
