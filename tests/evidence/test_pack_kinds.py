"""Packs of every kind, from the request to the verdict; redacted ones, a drawn sample, the restricted log."""

import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.audit.documents import field_digest
from safeguard.concerns import naming
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.chapters import ObjectRef, Scope
from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent
from safeguard.evidence.packs.redacting import redaction_of
from safeguard.evidence.queries import get_pack
from safeguard.evidence.report.sheets import Sheets
from safeguard.evidence.requesting import request_inspection_pack, request_parts_pack
from safeguard.evidence.sampling import Drawing, draw
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection.pack_parts import PARTS
from safeguard.people.recording import record_person
from safeguard.registers.chapter import _policies
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.work import begin
from tests.evidence.parts import ask_for, said_in
from tests.evidence.test_making import ask, check, file_of, make, tell_a_story
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.people import ANA
from tests.journeys.registered import keep_registers
from tests.journeys.reviewed import review_standards

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
LONDON = Sheets(ZoneInfo("Europe/London"))


@pytest.fixture
def whole(shop: Workshop) -> Workshop:
    """A bench with every room's part."""
    return replace(shop, parts=PARTS)


class Late(clock.System):
    """Half past midnight in London, in June."""

    def now(self) -> datetime:
        return datetime(2026, 6, 14, 23, 30, tzinfo=UTC)


async def signed_off(lead: Actor, head: Actor, framework: Framework) -> UUID:
    """A whole review of a standard, judged by the lead and signed by the head."""
    async with begin(lead) as work:
        review = await begin_review(work, framework, "full")
        for control in framework.controls:
            await judge(work, review, control, framework.benchmark, "We looked.", 0)
    async with begin(head) as work:
        await sign_off(work, review.id, framework, "Agreed.", (await get_review(work, review.id)).stamp)
    return review.id


def named_in(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


async def test_a_school_takes_a_pack_of_everything_that_it_keeps(
    someone: Someone, whole: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await keep_registers(lead, head)
    reviewed = await review_standards(lead, head)
    incident_id = await tell_a_story(lead)
    expected = {
        "registers": ("Read receipts", "Training register", "Filtering and monitoring register", "Signed agreements"),
        "review": ("Judgements", "Improvements", "Signed off"),
        "referrals": ("Nothing was referred in these days.",),
        "disposals": ("What was disposed of", "Nothing yet."),
    }
    today = clock.now().date()
    for kind, words in expected.items():
        pack_id = await ask_for(lead, kind, reviewed.review)
        pack = await make(lead, pack_id, whole)
        file = await file_of(lead, pack_id, tmp_path)
        assert check(pack, file, whole).verdict is Verdict.VALID, kind
        told = said_in(file)
        assert [sentence for sentence in words if sentence not in told] == [], kind
    async with begin(lead) as work:
        with pytest.raises(NotFound):
            await request_parts_pack(work, PARTS, "review", Scope(review_id=clock.new_id()))
        with pytest.raises(Invalid):
            await request_parts_pack(work, PARTS, "referrals")
        drawing = Drawing("random", seed="kingfisher", many=3)
        pack_id = await request_inspection_pack(
            work, PARTS, "ofsted_school", (today - timedelta(days=30), today), drawing
        )
    pack = await make(lead, pack_id, whole)
    file = await file_of(lead, pack_id, tmp_path)
    report = check(pack, file, whole)
    assert report.verdict is Verdict.REDACTED, report
    assert (pack.drawn, pack.seed, pack.drawn_from, pack.sampled) == ("random", "kingfisher", 1, [incident_id])
    told = said_in(file)
    for words in (
        "kingfisher", "Safeguarding culture", "Record keeping and timeliness", "Person 1", "Until somebody received it",
        "By what was done", "Figures of the period", "Read receipts", "told in full under an earlier heading",
    ):  # fmt: skip
        assert words in told, words
    with zipfile.ZipFile(file) as archive:
        everything = told.encode() + b"".join(
            archive.read(name) for name in archive.namelist() if name.startswith(("data/incident", "data/entry"))
        )
    for name in (b"Ravi", b"Underhill", b"Ana Brook", b"Morgan Hale", b"@mr.hale.fanpage", b"CRN-0042"):
        assert name not in everything, name


async def test_an_inspectors_pack_holds_the_review_that_they_ask_about_or_says_that_there_is_none(
    someone: Someone, whole: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    signed = await signed_off(lead, head, framework_of("pies", SCHOOL))
    filters = framework_of("dfe-filtering-and-monitoring", SCHOOL)
    other = await signed_off(lead, head, filters)
    today = clock.now().date()
    drawing = Drawing("random", seed="kingfisher", many=1)

    async def asked_for(body: str, chosen: UUID | None = None) -> tuple[UUID | None, str]:
        async with begin(lead) as work:
            span = (today - timedelta(days=30), today)
            pack_id = await request_inspection_pack(work, PARTS, body, span, drawing, review_id=chosen)
        pack = await make(lead, pack_id, whole)
        return pack.review_id, said_in(await file_of(lead, pack_id, tmp_path))

    review, told = await asked_for("isi")
    assert review == signed
    assert "Review: PIES" in told
    assert "“Framework for inspection” (Independent Schools Inspectorate), as it was read on 1 September 2025" in told
    assert "It is the first pack that chance picked cases for" in told
    review, told = await asked_for("isi", other)
    assert "Before it chance picked cases once, of some of these days" in told
    assert "Nothing here shows who chose the word" in told
    assert review == other
    assert f"Review: {filters.name}" in told
    review, told = await asked_for("cpsu")
    assert "It is the first pack that chance picked cases for" in told
    assert review is None
    assert "none was signed off against a standard that these headings are about" in told
    async with begin(lead) as work:
        offered = await PARTS["review"].offered(work)
    assert [each.id for each in offered] == [other, signed]


async def test_of_a_persons_file_everybody_elses_name_can_be_withheld(
    someone: Someone, whole: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        ana = await record_person(work, ANA, SCHOOL)
    people = (
        NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id),
        NewPerson(name="Zola Quill", role="alleged", kind="child"),
    )
    words = "Zola wrote to Ana. ZOLA  QUILL says that it was a joke; a quill pen lay on the desk."
    async with begin(lead) as work:
        theirs = (await record_incident(work, NewIncident(narrative=words, people=people), SCHOOL)).facts
        await record_incident(work, SHORT, SCHOOL)
    for redacted in (False, True):
        async with begin(lead) as work:
            pack_id = await request_parts_pack(work, PARTS, "person", Scope(person_id=ana.id), redacted=redacted)
        pack = await make(lead, pack_id, whole)
        file = await file_of(lead, pack_id, tmp_path)
        assert check(pack, file, whole).verdict is (Verdict.REDACTED if redacted else Verdict.VALID)
        names = named_in(file)
        assert f"data/person-{ana.id}.json" in names
        assert [name for name in names if name.startswith("data/incident")] == [f"data/incident-{theirs.id}.json"]
        with zipfile.ZipFile(file) as archive:
            held = archive.read(f"data/incident-{theirs.id}.json").decode()
        told = said_in(file)
        assert ("Zola" in held) is ("Zola" in told) is (not redacted)
        assert ("Carla" in told) is not redacted
        assert "Ana" in told
        assert "a quill pen" in told
    async with begin(lead) as work:
        with pytest.raises(NotFound):
            await request_parts_pack(work, PARTS, "person", Scope(person_id=theirs.id))


async def test_the_restricted_log_is_shown_to_whoever_reads_the_vault_and_handles_the_incident(
    someone: Someone, whole: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    async with begin(lead) as work:
        new = NewIncident(narrative="Messages to a pupil at night.", people=(alleged,))
        kept = (await record_incident(work, new, SCHOOL)).facts
    with pytest.raises(Conflict):
        await ask(lead, kept.id)
    with pytest.raises(NotFound):
        await ask(subject, kept.id)
    async with begin(head) as work:
        await naming.name(work, lead.user_id, "Leads safeguarding.")
    pack = await make(lead, await ask(lead, kept.id), whole)
    report = check(pack, await file_of(lead, pack.id, tmp_path), whole)
    assert report.verdict is Verdict.VALID, report
    assert (pack.log, pack.disclosure, report.findings.objects) == ("restricted", "minimal", 1)
    async with begin(subject) as work:
        assert await work.driver.fetch("select 1 from public.packs") == []
        assert await work.driver.fetch("select 1 from audit.leaves where entry like '%pack.%'") == []


NAMES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzéø", min_size=3, max_size=9).map(str.capitalize), min_size=2, max_size=3
).map(" ".join)
TEXTS = st.lists(st.sampled_from(["{}", "saw", "the", "bus.", "(", ")", "and"]), max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold), TEXTS, st.data())
def test_no_known_name_is_left_in_a_redacted_record_and_every_digest_is_the_committed_one(
    names: list[str], frame: list[str], data: st.DataObject
) -> None:
    words = " ".join(part.format(data.draw(st.sampled_from(names))) if part == "{}" else part for part in frame)
    values = {f"people.{number}.name": name for number, name in enumerate(names)} | {"narrative": words, "risk": "high"}
    fields = {name: FieldValue(json.dumps(value), bytes(32)) for name, value in values.items()}
    record = RecordContent("incident", UUID(int=1), bytes(32), (VersionContent(1, bytes(32), fields),))
    redaction = redaction_of([record], asked=SCHOOL.questions.values())
    shown = redaction.record(record).versions[0].fields
    whole = " ".join(field.value or "" for field in shown.values())
    told = " ".join(redaction.told("incident", values).values())
    for name in names:
        assert json.dumps(name)[1:-1] not in whole
        assert name not in told
    for name, field in shown.items():
        original = fields[name].value or ""
        assert field.digest in (None, field_digest(name, original.encode(), bytes(32)))
    assert shown["risk"].value == '"high"'


@given(st.lists(st.text(min_size=1, max_size=7), unique=True, max_size=30), st.text(max_size=20), st.integers(1, 50))
def test_a_sample_is_the_same_whoever_draws_it_and_in_whatever_order(
    references: list[str], seed: str, many: int
) -> None:
    drawn = draw(sorted(references), seed, many)
    assert draw(sorted(references, reverse=True), seed, many) == drawn
    assert len(drawn) == len(set(drawn)) == min(many, len(references))
    assert draw([reference for reference in references if reference not in drawn] + drawn, seed, many) == drawn


def test_a_policy_and_its_file_are_told_each_for_what_it_is() -> None:
    policy, file = ObjectRef("policy", UUID(int=1)), ObjectRef("policy", UUID(int=2))
    filed = {"policy": str(policy.id), "edition": 1, "name": "rules.pdf", "size": 802, "sha256": "b3c4"}
    rows = {"policy": [(policy, {"title": "Online safety", "number": 1}), (file, filed)]}
    section = _policies(rows | {"policy_reading": [], "signature": []}, LONDON)
    held = {sheet.caption: sheet.rows for sheet in section.sheets}
    assert [row[0] for row in held["In force and withdrawn"]] == ["Online safety"]
    assert held["Their files"] == (("Online safety", "1", "rules.pdf", "802", "b3c4"),)


def test_a_day_in_a_register_is_the_day_that_it_was_where_the_organisation_is() -> None:
    """Half past midnight in June is the evening before in UTC, which is what the record keeps."""
    kept = {"title": "Old", "effective_on": "2026-06-01", "withdrawn_at": "2026-06-14T23:30:00.000000+00:00"}
    rows = {"policy": [(ObjectRef("policy", UUID(int=1)), kept)], "policy_reading": [], "signature": []}
    (row,) = _policies(rows, LONDON).sheets[0].rows
    assert (row[3], row[6]) == ("1 Jun 2026", "15 Jun 2026")


async def test_a_pack_is_called_by_the_day_that_it_is_where_the_organisation_is(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with clock.use(Late()):
            pack_id = await request_parts_pack(work, PARTS, "disposals")
        assert (await get_pack(work, pack_id)).title == "Disposals, 15 June 2026"
