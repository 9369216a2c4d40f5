"""Whatever the lead can take away is the same to the last byte, whether something is hidden from them or not."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.packs.kinds import KINDS
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import ANA
from tests.isolation.leaving import WITHHELD, Known, addresses_of_files, all_packs, all_reports
from tests.isolation.living import Ground, People, Two, hidden_life, living
from tests.journeys.registered import keep_registers
from tests.journeys.reviewed import review_standards

pytestmark = pytest.mark.anyio

LIST = "/incidents/list.csv?state=all"
HIDDEN = (b"zebra", b"Zebra", b"designated officer")


@pytest.fixture
async def kept(ground: Ground) -> AsyncIterator[tuple[Two, Known]]:
    """Two worlds in which the lead has registers, reviews, and a pupil who stands in an incident."""
    known: list[Known] = []

    async def keep(people: People) -> None:
        await keep_registers(people.subject, people.head)
        reviewed = await review_standards(people.subject, people.head)
        async with begin(people.subject) as work:
            ana = await record_person(work, ANA, SCHOOL)
            named = NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id)
            story = await record_incident(work, NewIncident(narrative="A giraffe on a phone.", people=(named,)), SCHOOL)
        known.append(Known(story.facts.id, ana.id, reviewed.review))

    async with living(Role.LEAD, ground, keep) as two:
        yield two, known[0]


def members(packs: dict[str, bytes]) -> dict[str, bytes]:
    """Every member of every pack: a difference says where it is, and what was packed can be searched."""
    found: dict[str, bytes] = {}
    for kind, pack in packs.items():
        with ZipFile(BytesIO(pack)) as archive:
            found |= {f"{kind}: {name}": archive.read(name) for name in archive.namelist()}
    return found


async def test_whatever_the_lead_takes_away_is_the_same_in_both_worlds(
    kept: tuple[Two, Known], addresses: Addresses, tmp_path: Path
) -> None:
    two, known = kept
    lead = two.people.subject
    await hidden_life(two)
    files = await two.walks(addresses_of_files(known), 2, follow=False)
    assert files[0].differences(files[1]) == []
    assert files[0].statements == files[1].statements
    assert [path for path, answer in files[0].answers.items() if answer[0] != 200 or b"<html" in answer[2]] == []
    reports = [await all_reports(world, lead, known) for world in (two.plain, two.other)]
    assert reports[0] == reports[1]
    plain, other = [
        await all_packs(world, lead, known, addresses, tmp_path / world.name) for world in (two.plain, two.other)
    ]
    assert len(plain) == len(KINDS) + len(WITHHELD)
    told = members(plain)
    assert told == members(other)
    assert plain == other
    assert any(b"giraffe" in content for content in told.values())
    assert [name for name, content in told.items() for word in HIDDEN if word in content] == []
    assert [path for path, answer in files[0].answers.items() if "zebra" not in path and b"zebra" in answer[2]] == []
    with psycopg.connect(two.other.owner, autocommit=True) as owner:  # the comparison notices a hole
        owner.execute("drop policy app_not_hidden on incidents")
    leaky = await two.walks([LIST], 4, follow=False)
    assert leaky[0].differences(leaky[1]) == [LIST]
