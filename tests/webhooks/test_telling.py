"""Another program is told: signed, once for each event, and of nothing that whoever answers for it could not open."""

import json
from hashlib import sha256
from hmac import new
from typing import Any
from uuid import UUID

import msgspec
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from safeguard.identity import belonging
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewPerson
from safeguard.jobs.claiming import claimed
from safeguard.notifications.handling import TELLERS
from safeguard.post import reaching
from safeguard.webhooks import hooking, telling
from safeguard.webhooks.sending import send_delivery
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_person
from tests.webhooks.conftest import Program

pytestmark = pytest.mark.anyio

DUE = "select id, kind from jobs.job where state = 'queued' and kind = any($1) order by created_at, id"
HURRY = "update jobs.job set run_at = sec.clock() where id = $1"


async def work_off(organisation: UUID) -> None:
    """What workers would do now: tell of what happened, and send; what was refused is not tried again here."""
    for kinds in ([*TELLERS], ["webhook.send"]):
        async with begin(system(organisation)) as work:
            waiting = await work.driver.fetch(DUE, kinds)
            for job in waiting:
                await work.driver.execute(HURRY, job["id"])
        for found in waiting:
            async with claimed(found["id"]) as taken:
                if taken and found["kind"] == "webhook.send":
                    await send_delivery(*taken)
                elif taken:
                    await TELLERS[found["kind"]](taken[0], taken[1].subject_id)
                    await telling.fan_out(taken[0], taken[1].id, found["kind"], taken[1].subject_id)


async def hook_of(lead: Actor, program: Program, *events: str) -> hooking.Made:
    async with begin(lead) as work:
        return await hooking.make_hook(work, "Sample", program.url, events or ("incident.recorded",))


async def deliveries(lead: Actor, hook_id: UUID) -> tuple[telling.Delivery, ...]:
    async with begin(lead) as work:
        return await telling.list_deliveries(work, hook_id)


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """As the documentation tells the other program to check it."""
    t, *tags = [part.partition("=")[2] for part in header.split(",")]
    return new(secret.encode(), f"{t}.".encode() + body, sha256).hexdigest() in tags


async def test_an_event_is_told_signed_with_ids_alone_and_tried_again_under_the_same_id(
    someone: Any, program: Program
) -> None:
    lead = await someone(Role.LEAD)
    made = await hook_of(lead, program)
    program.answers = [503, 302, 204]
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    for expected in (("waiting", "Answered 503"), ("waiting", "Answered 302"), ("delivered", "Answered 204")):
        await work_off(lead.organisation_id)
        (told,) = await deliveries(lead, made.id)
        assert (told.state, told.answer) == expected
    assert told.attempts == len(program.taken) == 3, "nothing that it leads to is followed"
    bodies = [json.loads(body) for _, body in program.taken]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0] == {
        "id": str(told.id), "event": "incident.recorded", "organisation": str(lead.organisation_id),
        "subject": str(story.facts.id), "at": bodies[0]["at"],
    }  # fmt: skip
    assert all(is_signed(made.secret, header, body) for header, body in program.taken)
    assert not is_signed("another", *program.taken[0])
    async with begin(lead) as work:
        fresh = await hooking.rotate(work, made.id)
        await telling.deliver_again(work, made.id, told.id)
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await telling.deliver_again(work, made.id, told.id)
    await work_off(lead.organisation_id)
    header, body = program.taken[-1]
    assert json.loads(body)["id"] == str(told.id)
    assert is_signed(made.secret, header, body) and is_signed(fresh.secret, header, body)


async def test_a_record_that_is_kept_from_whoever_answers_is_not_told(someone: Any, program: Program) -> None:
    lead = await someone(Role.LEAD)
    other_id, other_name = await make_person(lead.organisation_id, [Role.LEAD])
    other = Actor(lead.kind, lead.organisation_id, other_id, lead.roles, other_name)
    mine, theirs = await hook_of(lead, program), await hook_of(other, program)
    alleged = NewPerson(name=lead.name, role="alleged")
    async with begin(other) as work:
        about = msgspec.structs.replace(IMPERSONATION, people=(*IMPERSONATION.people, alleged))
        await record_incident(work, about, SCHOOL)
    await work_off(lead.organisation_id)
    assert await deliveries(other, mine.id) == ()
    assert [one.state for one in await deliveries(other, theirs.id)] == ["delivered"]
    assert await deliveries(lead, theirs.id) == (), "nor does anybody read in another's list what they must not know"
    for actor, reached in ((other, True), (lead, False)):
        async with begin(actor, purpose="session") as work:
            assert bool((await hooking.get_hook(work, theirs.id)).delivered_at) is reached
            seen = await work.driver.fetchval("select count(*) from jobs.job where kind = 'webhook.send'")
            assert bool(seen) is reached
    async with begin(lead) as work:
        await belonging.end(work, other_id)
        await record_incident(work, IMPERSONATION, SCHOOL)
    await work_off(lead.organisation_id)
    assert len(await deliveries(system(lead.organisation_id), theirs.id)) == 1, "whoever answered for it has left"
    assert len(await deliveries(lead, mine.id)) == 1


async def test_who_may_not_read_records_makes_no_webhook_and_nobody_reaches_anothers(
    someone: Any, program: Program
) -> None:
    lead, administrator, stranger = [await someone(role) for role in (Role.LEAD, Role.ADMINISTRATOR, Role.LEAD)]
    made = await hook_of(lead, program)
    with pytest.raises(Forbidden, match="lead"):
        await hook_of(administrator, program)
    with pytest.raises(Invalid):
        await hook_of(lead, program, "concern.raised")
    async with begin(stranger) as work:
        assert await hooking.list_hooks(work) == ()
    for act in (hooking.end_hook, hooking.rotate, telling.try_hook, hooking.get_hook):
        with pytest.raises(NotFound):
            async with begin(stranger) as work:
                await act(work, made.id)
    async with begin(lead) as work:
        await telling.try_hook(work, made.id)
        await hooking.end_hook(work, made.id)
    await work_off(lead.organisation_id)
    assert program.taken == [], "what waited is not sent either"


ADDRESSES = (
    "http://example.org/hook", "https://safeguard.test/hook", "https://safeguard.test:443/x", "https://a:b@x.org/",
    "ftp://x", "x" * 2_000,
)  # fmt: skip


async def test_an_address_that_lies_here_is_refused_when_it_is_typed_and_when_it_is_asked(
    someone: Any, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await someone(Role.LEAD)
    reaching.allow_loopback(allowed=False)
    for url in ADDRESSES:
        program.url = url
        with pytest.raises(DomainError):
            await hook_of(lead, program)

    async def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (leads_to[host], port))]

    leads_to = {"metadata.example": "169.254.169.254", "rebinding.example": "127.0.0.1", "six.example": "::1"}

    monkeypatch.setattr(reaching.anyio, "getaddrinfo", look_up)
    for host, address in leads_to.items():
        program.url = f"https://{f'[{address}]' if ':' in address else address}/latest/meta-data"
        with pytest.raises(DomainError):
            await hook_of(lead, program)
        program.url = f"https://{host}/latest/meta-data"
        made = await hook_of(lead, program)
        async with begin(lead) as work:
            await telling.try_hook(work, made.id)
        await work_off(lead.organisation_id)
        (told,) = await deliveries(lead, made.id)
        assert (told.state, "public internet" in (told.answer or "")) == ("waiting", True)
