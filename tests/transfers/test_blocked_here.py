"""A person's file for an incident that stands here already, as a type that rules files out: nothing of it is stored.

The other ways in are sent files in `tests/attachments/test_every_way_in.py`.
"""

from pathlib import Path

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import Classes, classify
from safeguard.people.recording import record_person
from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.transfers import importing, opening
from safeguard.transfers.bundling import Bundle, digest_of
from safeguard.transfers.file import Attached, Incident
from safeguard.work import begin
from tests.attachments.test_every_way_in import KINDS
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.transfers.making import inside, organisation_of, sent

pytestmark = pytest.mark.anyio

REFUSED = "Nothing is attached to an incident of this kind."
OPEN = "cyberbullying"


async def gone(lead) -> tuple:
    """A child, and an incident for every type that rules files out, and one more: each by the words of its story."""
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
    for words in (*BLOCKED_TYPES, OPEN):
        async with begin(lead) as work:
            people = (NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id),)
            await record_incident(work, NewIncident(narrative=words, people=people), SCHOOL)
    return ana.id


async def arrived(schools, person) -> tuple:
    """The child's file, sent and opened there."""
    there = schools.helpline
    transfer, _ = await sent(schools.school, person, await inside(there))
    await schools.all()
    async with begin(there) as work:
        return transfer.id, await opening.open_incoming(work, transfer.id, "Lead", await organisation_of(there))


def with_files(bundle: Bundle) -> Bundle:
    """The same with a file of each kind in every incident."""
    members = dict(bundle.members)

    def filled(incident: Incident) -> Incident:
        files = []
        for name, whole in KINDS.items():
            content = whole if name != "a.pdf" else whole + b"\n"
            path = f"attachments/{clock.new_id()}.{name[2:]}"
            members[path] = content
            files.append(Attached(id=clock.new_id(), path=path, name=name, media_type="", size=len(content),
                                  sha256=digest_of(content)))  # fmt: skip
        return msgspec.structs.replace(incident, attachments=tuple(files))

    file = msgspec.structs.replace(bundle.file, incidents=tuple(filled(one) for one in bundle.file.incidents))
    return Bundle(file, members)


async def test_what_an_incident_is_called_here_rules_files_out_before_a_byte_is_stored(
    schools, someone, tmp_path: Path
) -> None:
    there = schools.helpline
    ana = await gone(schools.school)
    first, bundle = await arrived(schools, ana)
    async with begin(there) as work:
        taken = await importing.take_over(work, first, bundle, None, SCHOOL)
        rows = await work.driver.fetch("select id, narrative, version from public.incidents")
    assert (taken.made, taken.files) == (len(BLOCKED_TYPES) + 1, 0)
    deputy = await someone(Role.LEAD, organisation=there.organisation_id)
    for row in rows:
        if row["narrative"] in BLOCKED_TYPES:
            async with begin(deputy) as work:
                types = Classes(four_c=("contact",), issue_types=(row["narrative"],))
                await classify(work, row["id"], row["version"], types, SCHOOL)
    stored = set((tmp_path / "objects" / "files").glob("*"))
    second, bundle = await arrived(schools, ana)
    async with begin(there) as work:
        taken = await importing.take_over(work, second, with_files(bundle), taken.person_id, SCHOOL)
    assert (taken.made, taken.known, taken.files) == (0, len(rows), len(KINDS))
    async with begin(there) as work:
        stories = [await read_incident(work, row["id"]) for row in rows]
    for story in stories:
        refused = [entry.words for entry in story.entries if REFUSED in entry.words]
        blocked = story.facts.narrative in BLOCKED_TYPES
        assert len(refused) == (len(KINDS) if blocked else 0), story.facts.narrative
        assert len(story.files) == (0 if blocked else len(KINDS)), story.facts.narrative
    new = set((tmp_path / "objects" / "files").glob("*")) - stored
    assert len(new) == len(KINDS), "only what the open incident keeps"
