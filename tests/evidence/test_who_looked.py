"""The log for people: who saw and did what, the restricted one, the weekly report, and checkpoints that were kept."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from anyio import to_thread
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.cli.check import check as check_command
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Forbidden, NotFound
from safeguard.evidence import weekly
from safeguard.evidence.comparing import compare_own
from safeguard.evidence.log_reading import Entry, Wanted, list_lookers, read_apart, read_log
from safeguard.evidence.making import Workshop
from safeguard.evidence.notes import NoteKey
from safeguard.evidence.signed_by import judge
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.work import begin
from tests.evidence.test_making import tell_a_story
from tests.factories.incidents import SCHOOL, SHORT

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]


async def test_the_log_is_narrowed_by_person_kind_of_act_event_and_day(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    incident_id = await tell_a_story(lead)
    for _ in range(2):
        async with begin(deputy) as work:
            await read_incident(work, incident_id)
    today = clock.now().date()
    async with begin(lead) as work:
        whole = await read_log(work, limit=200)
        cases: tuple[tuple[Wanted, Callable[[Entry], bool]], ...] = (
            (Wanted(who=deputy.user_id), lambda entry: entry.user_id == deputy.user_id),
            (Wanted(sort="reading"), lambda entry: entry.event.endswith((".viewed", ".read"))),
            (Wanted(sort="changing"), lambda entry: not entry.event.endswith((".viewed", ".read"))),
            (Wanted(event="incident.closed"), lambda entry: entry.event == "incident.closed"),
            (Wanted(about=incident_id), lambda entry: entry.object_id == incident_id),
            (Wanted(first=today - timedelta(days=1), last=today), lambda entry: True),
            (Wanted(last=today - timedelta(days=2)), lambda entry: False),
        )
        for wanted, belongs in cases:
            expected = [entry for entry in whole if belongs(entry)]
            assert list(await read_log(work, wanted, limit=200)) == expected, wanted
        lookers = {looker.who: looker for looker in await list_lookers(work, incident_id)}
    assert (lookers[deputy.name].reads, lookers[deputy.name].changes) == (2, 0)
    assert lookers[lead.name].reads == 1
    assert lookers[lead.name].changes > 5
    async with begin(await someone(Role.HEAD, organisation=lead.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await list_lookers(work, incident_id)


async def test_of_the_restricted_log_one_sees_what_one_may_and_never_where_it_stands(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    async with begin(lead) as work:
        kept = (await record_incident(work, NewIncident(narrative="At night.", people=(alleged,)), SCHOOL)).facts
    async with begin(lead) as work:
        await read_incident(work, kept.id)
    async with begin(lead) as work:
        seen = await read_apart(work, Wanted(), ("restricted",))
        assert {entry.event for entry in seen if entry.object_id == kept.id} == {"incident.recorded", "incident.viewed"}
        assert {entry.index for entry in seen} == {None}
        assert [looker.reads for looker in await list_lookers(work, kept.id)] == [1]
    async with begin(subject) as work:
        assert [e for e in await read_apart(work, Wanted(), ("general", "restricted")) if e.kind == "incident"] == []
        assert await list_lookers(work, kept.id) == ()


async def test_each_weekly_report_goes_on_where_the_one_before_ended(someone: Someone, shop: Workshop) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    made = []
    for _ in range(2):
        async with begin(system(lead.organisation_id)) as work:
            made.append(await weekly.make_report(work, shop.signer))
        async with begin(lead) as work:
            await read_incident(work, incident_id)
    async with begin(lead) as work:
        second, first = await weekly.list_reports(work)
        assert [first.id, second.id] == made
        assert (first.from_size, second.from_size) == (0, first.log_size)
        shares = {share.who: share for share in await weekly.list_shares(work, second)}
        assert (shares[lead.name].reads, shares[lead.name].records, shares[lead.name].changes) == (1, 1, 0)
        told = await work.driver.fetchval("select count(*) from jobs.job where kind = 'notice.access_report.made'")
        assert told == 2
        assert (await compare_own(work, second.checkpoint)).outcome == "fits"
        lines, _, signature = second.checkpoint.rpartition("\n\n")
        other = lines.replace(f"\n{second.log_size}\n", f"\n{second.log_size - 1}\n") + "\n\n" + signature
        stranger = NoteKey(lines.partition("\n")[0], Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
        for kept, whose in (
            (f"  {second.checkpoint}  ".replace("\n", "\r\n"), "ours"), (other, "false"), (lines, "nobody"),
            (stranger.sign(lines + "\n"), "another"),
        ):  # fmt: skip
            assert (await judge(work, kept)).whose == whose
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(NotFound):
            await weekly.get_report(work, first.id)
        assert (await compare_own(work, second.checkpoint)).outcome == "another"


async def test_a_kept_checkpoint_shows_what_was_altered_since(
    someone: Someone, shop: Workshop, addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await someone(Role.LEAD)
    await tell_a_story(lead)
    sealed = await shop.signer.seal(lead.organisation_id)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    kept, typed = tmp_path / "kept.note", tmp_path / "typed.txt"
    kept.write_text("  " + sealed.note.replace("\n", "\r\n"), "utf-8")
    typed.write_text("We kept nothing.", "utf-8")
    monkeypatch.setenv("SAFEGUARD_SIGNER_DATABASE_URL", addresses.signer)

    async def said(*files: Path) -> tuple[int, str]:
        order = [*map(str, files), "--data", str(tmp_path)]
        result = await to_thread.run_sync(lambda: CliRunner().invoke(check_command, order))
        return result.exit_code, result.output

    status, output = await said(kept)
    assert (status, "fits" in output) == (0, True), output
    assert (await said(kept, typed))[0] == 2
    bigger = sealed.note.replace(f"\n{sealed.size}\n", f"\n{sealed.size + 1000}\n")
    async with begin(lead) as work:
        assert (await compare_own(work, bigger)).outcome == "ahead"
        for broken in ("", "one\ntwo\nthree", sealed.note[:30], "a\n" + "9" * 5000 + "\nb\n", "\x00" * 40):
            assert (await compare_own(work, broken)).outcome == "unreadable"
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "update audit.leaves set entry = replace(entry, 'incident.viewed', 'incident.closed')"
            " where organisation_id = %s",
            (lead.organisation_id,),
        )
    status, output = await said(kept)
    assert (status, "CONTRADICTS" in output) == (1, True), output
