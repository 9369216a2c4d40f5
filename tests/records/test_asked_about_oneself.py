"""A request for what is kept about a member is not theirs to read: not the copy, not the log, not that it runs."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.errors import Invalid, NotFound
from safeguard.evidence import routes as evidence_routes
from safeguard.identity import acts, approving
from safeguard.identity import routes as identity_routes
from safeguard.identity.acts import Proposal
from safeguard.notifications import routes as notification_routes
from safeguard.notifications.deciding import tell_of_proposal
from safeguard.people import routes as people_routes
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.records import routes as record_routes
from safeguard.records.access import gathering, handling, redacting, releasing
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.access.queries import list_items, list_requests
from safeguard.strongbox import objects
from safeguard.tenancy import routes as tenancy_routes
from safeguard.web import assets
from safeguard.work import Work, begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.public.conftest import service
from tests.records.making import second
from tests.web.conftest import SignIn, add_templates, sign_in, surrounded

__all__ = ["service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
CAME = date(2026, 1, 5)
ALERT = """
insert into alerts (organisation_id, id, source, product_id, digest, kind, raised_at, received_at, user_name, user_id,
    words)
values ((select sec.current_organisation()), $1, 'Filter', gen_random_uuid()::text, '', 'filtering', now(), now(), $2,
    $3, 'They looked for Snapdragon')
"""
SEEN = (
    "select id::text from access_requests", "select id::text from access_items",
    "select id::text from access_redactions", "select id::text from proposals", "select id::text from notices",
    "select id::text from approval_links", "select id::text from jobs.job",
    "select id::text from audit.documents", "select id::text from audit.objects",
    "select concat(log, index, entry) from audit.leaves", "select concat(log, size) from audit.logs",
)  # fmt: skip


@pytest.fixture(scope="module")
def built() -> Litestar:
    """The rooms where a request could be met."""
    rooms = (
        record_routes,
        identity_routes,
        people_routes,
        evidence_routes,
        notification_routes,
        tenancy_routes,
        assets,
    )
    app = build([route for room in rooms for route in room.ROUTES], [])
    add_templates(app)
    return app


async def sight(actor: Actor) -> dict[str, Any]:
    """Every row that somebody can come by, in whatever would tell of a request."""
    async with begin(actor, purpose="session") as work:
        rows = {text: sorted(str(row[0]) for row in await work.driver.fetch(text)) for text in SEEN}
        return rows | {"list": await list_requests(work)}


async def person_of(lead: Actor, member: Actor, *, linked: bool) -> UUID:
    """The member on the list of people: by a tie to their account, or by nothing but their name."""
    given, family = ("Somebody", "Else") if linked else member.name.rsplit(" ", 1)
    async with begin(lead) as work:
        person = await record_person(work, called(given, family, kind="adult", connection="staff"), SCHOOL)
    if not linked:
        return person.id
    async with begin(lead) as work:
        kept = await record_person(work, called("Some", "Duplicate", kind="adult", connection="staff"), SCHOOL)
        await work.driver.execute("update people set user_id = $2 where id = $1", kept.id, member.user_id)
    async with begin(lead) as work:
        await merge(work, kept.id, person.id, "The same.")
    return person.id


async def asked(lead: Actor, person: UUID) -> UUID:
    """A request that was gathered and judged, with words blacked out by hand."""
    async with begin(lead) as work:
        request = await handling.receive(work, NewRequest(person, "self", "They", "", CAME))
    async with begin(lead) as work:
        assert await gathering.gather(work, request) > 0
        await redacting.add_redaction(work, request, "whoever told us", "confidence")
    async with begin(lead) as work:
        await judge(work, request, Judgement("own", "known", "adult", "no"), CAME)
    return request


async def proposed(lead: Actor, request: UUID) -> Proposal:
    """Its release is asked for, and whoever can agree is told."""
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    async with begin(system(lead.organisation_id), purpose="job") as work:
        await tell_of_proposal(work, proposal.id)
    return proposal


@pytest.mark.parametrize("linked", [True, False], ids=["by account and a duplicate", "by name"])
async def test_whom_it_is_about_sees_what_they_would_see_had_nobody_asked(
    someone: Someone, shelf: ObjectStore, linked: bool
) -> None:
    acts.bind(*releasing.ACTS)
    objects.use(shelf)
    lead = await someone(Role.LEAD)
    head, member = await second(lead), await second(lead, Role.DEPUTY)
    person = await person_of(lead, member, linked=linked)
    before = await sight(member)
    request = await asked(lead, person)
    assert await sight(member) == before
    proposal = await proposed(lead, request)
    assert await sight(member) == before
    others = await sight(lead)
    for table in ("access_requests", "audit.documents", "audit.objects"):
        assert str(request) in others[f"select id::text from {table}"]
    tried: tuple[Callable[[Work], Awaitable[object]], ...] = (
        lambda work: gathering.gather(work, request),
        lambda work: releasing.download(work, request),
        lambda work: handling.refuse(work, request, "No."),
        lambda work: approving.approve(work, proposal.id),
        lambda work: approving.decline(work, proposal.id, "No."),
    )
    for act in tried:
        with pytest.raises(NotFound):
            async with begin(member, purpose="session") as work:
                await act(work)
    async with begin(member, purpose="session") as work:
        assert not await list_items(work, request)
        assert await work.driver.execute("update access_requests set harm_words = 'x' where id = $1", request) == (
            "UPDATE 0"
        )
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        _, pieces = await releasing.download(work, request)
        assert b"answer.pdf" in b"".join([piece async for piece in pieces])
    assert await sight(member) == before
    with pytest.raises(Invalid) as refused:
        async with begin(member) as work:
            await handling.receive(work, NewRequest(person, "self", "They", "", CAME))
    assert [error.message for error in refused.value.errors] == [handling.ABOUT_ONESELF]


async def test_an_alert_about_them_in_the_copy_reaches_them_by_no_page(sign_in: SignIn) -> None:
    acts.bind(*releasing.ACTS)
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    member = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    assert member.actor
    person = await person_of(lead.actor, member.actor, linked=False)
    child = await named_alike(lead.actor, member.actor)
    async with begin(lead.actor) as work:
        await work.driver.execute(ALERT, clock.new_id(), member.actor.name, member.actor.user_id)
    request = await asked(lead.actor, person)
    place = f"/records/requests/{request}"
    assert "They looked for Snapdragon" in (await lead.get(f"{place}/copy")).text
    proposal = await proposed(lead.actor, request)
    for path in (place, f"{place}/copy", f"{place}/download", f"/approvals/{proposal.id}"):
        assert (await member.get(path)).status_code == 404, path
    for path in ("/records/requests", "/records/kinds", "/approvals", "/audit", "/notices"):
        seen = await member.get(path)
        assert seen.status_code == 200, path
        assert not [told for told in (request, proposal.id, "Snapdragon") if str(told) in seen.text], path
    async with begin(lead.actor) as work:
        theirs = await handling.receive(work, NewRequest(child, "parent", "A parent", "", CAME))
    assert str(theirs) in (await member.get("/records/requests")).text, "a child of their name is somebody else"
    typed = {"person": str(person), "asker": "self", "asker_name": "Written by Themselves", "received_on": "2026-01-05"}
    answer = await member.send("/records/requests", typed, page=f"/records/requests/new?person={person}")
    assert answer.status_code == 422
    assert "Ask somebody else" in answer.text
    assert "Written by Themselves" in answer.text


async def named_alike(lead: Actor, member: Actor) -> UUID:
    """A child with the name of a member."""
    given, family = member.name.rsplit(" ", 1)
    async with begin(lead) as work:
        return (await record_person(work, called(given, family), SCHOOL)).id
