"""The unit of work: what is done, what is told of it, and what is asked for, together or not at all."""

import asyncio
import json
from base64 import b64encode
from uuid import UUID

import asyncpg
import pytest
import rfc8785

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.audit.documents import Document
from safeguard.errors import Forbidden
from safeguard.work import begin

pytestmark = pytest.mark.anyio

ENTRIES = "select entry from audit.leaves where log = $1 order by index"
KEPT = "select fields, commitment from audit.documents where id = $1"
RENAME = "update organisations set name = $1"


async def _entries(actor, log: str = "general") -> list[list[str]]:
    async with begin(actor) as work:
        return [row[0].split("\n") for row in await work.driver.fetch(ENTRIES, log)]


async def test_an_act_and_its_entry_are_kept_together(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await work.driver.execute(RENAME, "Renamed")
        work.record("organisation.changed", lead.organisation_id, version=2)
        request = str(work.request_id)
    last = (await _entries(lead))[-1]
    assert (last[2], last[4], last[6], last[7], last[8]) == ("organisation.changed", "lead", "2", "-", request)


async def test_nothing_is_kept_when_the_work_fails(someone):
    lead = await someone(Role.LEAD)
    before = await _entries(lead)
    with pytest.raises(ValueError, match="no"):
        async with begin(lead) as work:
            await work.driver.execute(RENAME, "Never")
            work.record("organisation.changed", lead.organisation_id)
            work.ask("pack.make", clock.new_id())
            raise ValueError("no")
    assert await _entries(lead) == before
    async with begin(lead) as work:
        assert await work.driver.fetchval("select count(*) from jobs.job") == 0
        assert await work.driver.fetchval("select name from organisations") != "Never"


async def test_an_event_that_nobody_registered_cannot_be_recorded(someone):
    with pytest.raises(KeyError, match="not a registered event"):
        async with begin(await someone(Role.LEAD)) as work:
            work.record("incident.invented", clock.new_id())


async def test_a_document_is_kept_as_it_was_committed(someone):
    lead = await someone(Role.LEAD)
    fields = {"words": "She said “no” – twice. \U0001f6d1", "count": 3, "areas": ["contact"], "told": True}
    document = Document("incident", clock.new_id(), 1, fields)
    async with begin(lead) as work:
        work.record("incident.recorded", document.object_id, document=document)
    async with begin(lead) as work:
        row = await work.driver.fetchrow(
            "select fields, commitment from audit.documents where id = $1", document.object_id
        )
    kept = {name: value for name, (value, _salt) in json.loads(row["fields"]).items()}
    assert kept == {name: rfc8785.dumps(value).decode() for name, value in fields.items()}
    assert (await _entries(lead))[-1][7].encode() == _base64(row["commitment"])


def _base64(data: bytes) -> bytes:
    return b64encode(data)


async def test_the_same_version_of_a_record_cannot_be_committed_twice(someone):
    lead = await someone(Role.LEAD)
    document = Document("incident", clock.new_id(), 1, {"words": "x"})
    with pytest.raises(asyncpg.UniqueViolationError):
        async with begin(lead) as work:
            work.record("incident.recorded", document.object_id, document=document)
            work.record("incident.corrected", document.object_id, document=document)


async def test_one_person_has_one_handle_and_one_object_another(someone):
    lead = await someone(Role.LEAD)
    first, second = clock.new_id(), clock.new_id()
    async with begin(lead) as work:
        for object_id in (first, second, first):
            work.record("incident.viewed", object_id)
    rows = (await _entries(lead))[-3:]
    assert len({row[3] for row in rows}) == 1
    assert rows[0][5] == rows[2][5] != rows[1][5]


async def test_what_is_restricted_grows_only_its_own_log(someone):
    lead = await someone(Role.LEAD)
    general, restricted = await _entries(lead), await _entries(lead, "restricted")
    async with begin(lead) as work:
        work.record("incident.viewed", clock.new_id(), log="restricted")
    assert await _entries(lead) == general
    assert len(await _entries(lead, "restricted")) == len(restricted) + 1


async def test_parallel_units_append_one_after_another_and_the_tree_stays_whole(someone):
    lead = await someone(Role.LEAD)
    size = len(await _entries(lead))

    async def one() -> None:
        async with begin(lead) as work:
            work.record("incident.viewed", clock.new_id())

    await asyncio.gather(*(one() for _ in range(20)))
    async with begin(lead) as work:
        rows = await work.driver.fetch("select index, entry from audit.leaves where log = 'general' order by index")
        head = await work.driver.fetchrow("select size, frontier from audit.logs where log = 'general'")
    assert [row["index"] for row in rows] == list(range(size + 20))
    moments = [row["entry"].split("\n")[1] for row in rows]
    assert moments == sorted(moments)
    assert head["size"] == size + 20
    assert len(head["frontier"]) == (size + 20).bit_count()


async def test_a_name_with_a_line_break_cannot_forge_an_entry(someone):
    lead = await someone(Role.LEAD)
    with pytest.raises(asyncpg.InvalidParameterValueError, match="malformed"):
        async with begin(lead) as work:
            work.record("incident.viewed", clock.new_id(), kind="incident")
            work._acts["general"][0]["event"] = "incident.viewed\nincident.closed"


async def test_the_app_cannot_date_the_log(someone):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with begin(await someone(Role.LEAD), dated=clock.now()) as work:
            work.record("incident.viewed", clock.new_id())


async def test_requiring_what_the_role_does_not_give_is_refused(someone):
    async with begin(await someone(Role.GOVERNOR)) as work:
        assert not work.may(Permission.INCIDENT_READ)
        with pytest.raises(Forbidden):
            work.require(Permission.INCIDENT_READ)


def test_ids_are_version_seven_and_references_are_never_a_series():
    assert UUID(str(clock.new_id())).version == 7
    assert len({clock.new_reference() for _ in range(200)}) == 200
