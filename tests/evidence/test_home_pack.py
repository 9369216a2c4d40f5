"""The inspection pack of a children's home: its inspector's headings, answered from its own registers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.evidence.making import Workshop
from safeguard.evidence.requesting import request_inspection_pack
from safeguard.evidence.sampling import Drawing
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection.pack_parts import PARTS
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone
from safeguard.registers.home.following import record_sending
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.evidence.parts import said_in
from tests.evidence.test_making import check, file_of, make

pytestmark = pytest.mark.anyio

HOME = profile_of("childrens_home")
TODAY = clock.now().date()
CHILD = NewPerson(name="Robin Underhill", role="affected", kind="child", connection="pupil")


async def test_regulations_40_44_and_45_and_annex_a_stand_under_the_inspectors_headings(
    someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD, kind="childrens_home")
    async with begin(lead) as work:
        incidents = [
            (await record_incident(work, NewIncident(
                narrative="Robin Underhill was asked for pictures.", people=(CHILD,), risk_areas=("exploitation",),
            ), HOME)).facts
            for _ in range(2)
        ]  # fmt: skip
        await add_entry(work, incidents[0].id, NewEntry(
            kind="contact", words="Robin Underhill: told by the online form.", contact="other",
            contact_name="Ofsted, Jo Platt", contact_reference="SC-417",
        ))  # fmt: skip
        await add_entry(work, incidents[1].id, NewEntry(
            kind="contact", words="Asked for more.", contact="regulator", contact_name="Jo Platt",
        ))  # fmt: skip
        visit = await record_done(work, HOME, NewDone(
            duty="independent_visit", done_on=TODAY, done_by="Independent visitor, Ida Quist",
            note="The tablet rule is not kept.",
        ), TODAY)  # fmt: skip
        await record_sending(work, visit.id, TODAY, "Ofsted")
    whole = replace(shop, parts=PARTS)
    async with begin(lead) as work:
        span = (TODAY - timedelta(days=30), TODAY)
        drawing = Drawing("random", seed="kingfisher", many=1)
        pack_id = await request_inspection_pack(work, PARTS, "ofsted_childrens_home", span, drawing)
    pack = await make(lead, pack_id, whole)
    file = await file_of(lead, pack_id, tmp_path)
    assert check(pack, file, whole).verdict is Verdict.REDACTED
    told = said_in(file)
    for words in (
        "Regulation 40: notifications", incidents[0].reference, "told by the online form",
        "The tablet rule is not kept", "Ofsted, Person 3, SC-417", "Independent visitor, Person",
        "Regulation 45: review of the quality of care", "No review is recorded.", "Annex A: what records of incidents",
        "Sexual exploitation and grooming 2 0", "In 2 of the incidents a child affected",
        "Restricted incidents and concerns about staff are not counted",
    ):  # fmt: skip
        assert words in told, words
    for name in ("Robin", "Underhill", "Platt", "Quist"):
        assert name not in told, name
