"""What was struck out of a register: packs say that it was there, and hold nothing of what it said."""

import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.evidence.making import Workshop
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.inspection.pack_parts import PARTS
from safeguard.registers.committee.gathering import record_meeting
from safeguard.registers.filtering.keeping import NewCheck, record_check
from safeguard.registers.striking.striking import strike_out
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.work import begin
from tests.evidence.parts import ask_for, said_in
from tests.evidence.test_making import check, file_of, make
from tests.factories.incidents import SCHOOL
from tests.journeys.reviewed import review_standards

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
CHILD, THERE, REASON = "Underhill", "Longden", "A name stood in it."


async def test_a_pack_says_that_something_was_struck_out_and_vouches_for_it_without_its_words(
    someone: Callable[..., Awaitable[Actor]], shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    tried = NewCheck(
        checked_on=TODAY, device="A laptop", user_group="Year 9", tested=f"{CHILD} got through.", result="failed",
        done="Told.",
    )  # fmt: skip
    async with begin(lead) as work:
        meeting = await record_meeting(work, SCHOOL, TODAY, f"Robin {CHILD}", f"Of Robin {CHILD}.")
        await record_meeting(work, SCHOOL, TODAY, "Ana Brook", "What stands.")
        event = await record_event(work, SCHOOL, NewEvent(title=f"With {CHILD}", audiences=("staff",), held_on=TODAY))
        await record_present(work, event, Present(names=(f"Petra {THERE}",)))
        failed = await record_check(work, tried)
    async with begin(lead) as work:
        for register, row in (("meetings", meeting), ("training", event), ("checks", failed)):
            await strike_out(work, register, row.id, REASON, TODAY)
    reviewed = await review_standards(lead, head)
    whole = replace(shop, parts=PARTS)
    for kind in ("registers", "review"):
        pack_id = await ask_for(lead, kind, reviewed.review)
        pack = await make(lead, pack_id, whole)
        file = await file_of(lead, pack_id, tmp_path)
        assert check(pack, file, whole).verdict is Verdict.REDACTED, kind
        told = said_in(file)
        with zipfile.ZipFile(file) as archive:
            everything = told.encode() + b"".join(archive.read(name) for name in archive.namelist())
        assert CHILD.encode() not in everything and REASON.encode() in everything, kind
        assert THERE.encode() not in everything, kind
        if kind == "registers":
            assert told.count("Recorded by mistake, and struck out") == 3
            assert "What stands." in told and "No check is recorded." in told
