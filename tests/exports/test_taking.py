"""Taking everything along: what there is, what is made already, and nothing that is kept from whoever asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns.handling import receive
from safeguard.concerns.naming import name as let_in
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs import chapters
from safeguard.evidence.requesting import LONGEST
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.exports.taking.spans import spans
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection.pack_parts import PARTS
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.evidence.conftest import shop
from tests.evidence.test_making import file_of, make
from tests.exports.sheets import rows_of_csv
from tests.factories.incidents import SCHOOL
from tests.factories.people import ANA
from tests.web.browsing import Browser, unmarked
from tests.web.conftest import SignIn

__all__ = ["shop"]

pytestmark = pytest.mark.anyio

AT = "/take-along"
ASKED = "select id, kind, log from packs where organisation_id = sec.current_organisation() order by kind, log"
TOLD = "select log from audit.leaves where split_part(entry, E'\\n', 3) = $1"


@pytest.fixture
def bound(service: Litestar, shop: Workshop) -> Iterator[Workshop]:
    """What packs are made of, as `app` binds it."""
    chapters.bind(IncidentChapter())
    chapters.bind_parts(PARTS)
    yield replace(shop, parts=PARTS)
    chapters.bind(None)
    chapters.bind_parts({})


async def reported(actor: Actor, words: str, *people: NewPerson) -> UUID:
    async with begin(actor, purpose="session") as work:
        return (await record_incident(work, NewIncident(narrative=words, people=people), SCHOOL)).facts.id


async def packs_of(actor: Actor) -> list[tuple[UUID, str, str]]:
    async with begin(actor, purpose="session") as work:
        return [(row["id"], row["kind"], row["log"]) for row in await work.driver.fetch(ASKED)]


async def press(browser: Browser, what: str) -> str:
    answer = await browser.send(AT, {"what": what})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("asked=")[2]


@given(first=st.dates(date(2000, 1, 1), date(2060, 1, 1)), days=st.integers(-5, 9_000))
def test_the_stretches_hold_every_day_once_and_none_is_longer_than_a_pack_may_be(first: date, days: int) -> None:
    today = first + timedelta(days=days)
    cut = spans(first, today)
    assert cut[0].first == min(first, today) and cut[-1].last == today
    assert all(span.first <= span.last <= span.first + LONGEST for span in cut)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(cut))


async def test_a_lead_makes_what_is_missing_once_and_the_packs_verify(
    sign_in: SignIn, bound: Workshop, tmp_path: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    async with begin(lead.actor) as work:
        ana = await record_person(work, ANA, SCHOOL)
    await reported(lead.actor, "A giraffe on a phone.", NewPerson(name="Ana", role="affected", person_id=ana.id))
    first = (await lead.get(AT)).text
    assert "Not made yet" in first and "Make the packs that are missing" in first
    async with begin(lead.actor) as work:  # the record that stands for her is two merges above the one that is tied
        again, whole = [await record_person(work, ANA, SCHOOL) for _ in range(2)]
        await merge(work, again.id, ana.id, "One girl.")
        await merge(work, whole.id, again.id, "One girl.")
    assert "1 person has a part in an incident" in (await lead.get(AT)).text
    assert "Incidents with their files" in first and "1 person has a part in an incident" in first
    assert await press(lead, "all") == "3"
    assert await press(lead, "all") == "0", "what is on its way is not asked for again"
    assert "Nothing new was asked for" in (await lead.get(AT + "?asked=0")).text
    assert [await press(lead, "people") for _ in range(2)] == ["1", "0"]
    asked = await packs_of(lead.actor)
    assert [kind for _, kind, _ in asked] == ["disposals", "period", "person", "registers"]
    assert "Being made" in (await lead.get(AT)).text
    for pack_id, _, _ in asked:
        assert (await make(lead.actor, pack_id, bound)).state == "ready"
        assert verify(await file_of(lead.actor, pack_id, tmp_path)).verdict is Verdict.KEY_NOT_KNOWN
    made = (await lead.get(AT)).text
    assert "All of these are made or on their way" in made and "Being made" not in made
    assert all(f'href="/evidence/{pack_id}"' in made for pack_id, kind, _ in asked if kind != "person")
    wrong = await lead.send(AT, {"what": "everything"})
    assert wrong.status_code == 422 and "Problem" in wrong.text


async def test_whoever_is_excluded_sees_the_same_page_and_only_who_reads_the_vault_makes_a_restricted_pack(
    sign_in: SignIn, bound: Workshop
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor and lead.actor.name
    organisation = lead.actor.organisation_id
    other, head = [await sign_in(role, organisation=organisation) for role in (Role.LEAD, Role.HEAD)]
    assert other.actor and other.actor.user_id and head.actor
    await reported(other.actor, "A giraffe on a phone.")
    before = unmarked(await lead.get(AT))
    alleged = NewPerson(name=lead.actor.name, role="alleged", kind="adult")
    kept = await reported(other.actor, "A zebra in a message.", alleged)
    assert unmarked(await lead.get(AT)) == before
    assert await press(lead, "restricted") == "0"
    shown = (await other.get(AT)).text
    assert f"/incidents/{kept}/incident.pdf" in shown and "can let you in" in shown
    assert await press(other, "restricted") == "0"
    async with begin(head.actor, purpose="session") as work:
        await let_in(work, other.actor.user_id, "Takes care of it.")
    assert "Make packs of those that are missing" in (await other.get(AT)).text
    assert await press(other, "restricted") == "1"
    assert await press(other, "restricted") == "0"
    assert ("incident", "restricted") in [(kind, log) for _, kind, log in await packs_of(other.actor)]
    assert await packs_of(lead.actor) == []
    assert unmarked(await lead.get(AT)) == before


async def test_the_head_takes_the_vault_along_and_nobody_else_finds_it(sign_in: SignIn, bound: Workshop) -> None:
    head = await sign_in(Role.HEAD)
    assert head.actor
    organisation = head.actor.organisation_id
    lead, reporter = [await sign_in(role, organisation=organisation) for role in (Role.LEAD, Role.REPORTER)]
    assert lead.actor and reporter.actor
    empty = (await head.get(AT)).text
    assert "Make the packs" not in empty and f"{AT}/concerns.xlsx" in empty
    assert "/standards/registers/tables/training.csv" in empty and "/people/list.csv" not in empty
    async with begin(reporter.actor, purpose="session") as work:
        concern = await raise_concern(work, NewConcern(subject_name="Jo Sample", narrative="=A zebra."))
    async with begin(head.actor, purpose="session") as work:
        await receive(work, concern.id, 1)
    _, raised, received = rows_of_csv((await head.get(f"{AT}/concerns.csv")).content)
    assert raised[0] == received[0] == concern.reference
    assert "Jo Sample" in raised and "'=A zebra." in raised
    assert (received[1], received[3]) == ("Received", head.actor.name)
    async with begin(head.actor, purpose="session") as work:
        assert [row["log"] for row in await work.driver.fetch(TOLD, "concern.exported")] == ["restricted"]
    assert (await head.get(f"{AT}/concerns.xlsx")).status_code == 200
    for browser in (lead, reporter):
        assert (await browser.get(f"{AT}/concerns.csv")).status_code == 404
    assert f"{AT}/concerns" not in (await lead.get(AT)).text
    assert (await reporter.get(AT)).status_code == 403
