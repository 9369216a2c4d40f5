"""A school that has looked at itself: a signed review, one under way, evidence, and what is being improved."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from obstore.store import MemoryStore

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.insights.composing import make_board
from safeguard.insights.reading import read_source
from safeguard.insights.reporting.making import make_report
from safeguard.insights.reporting.queries import ask_for_report
from safeguard.insights.sharing import KEEP, figures_of
from safeguard.insights.stating import state
from safeguard.keys.wrapping import Key
from safeguard.standards.adding import add_control
from safeguard.standards.contributing import Belonging, NewResource, add_resource
from safeguard.standards.files.keeping import keep_file
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.importing import Said, import_framework
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.factories.organisations import make_organisation, make_person

ROWS = (
    "Code\tObjective\tName\t3 Not yet\t2 Secure\t1 Leading\n"
    "A1\tLeadership\tWho leads\tNobody does.\tOne person does.\tTwo do, and know it.\n"
    "A2\tLeadership\tWho knows\tFew know.\tMost know.\tAll know.\n"
    "A3\tTeaching\tWhat is taught\tLittle.\tThe basics.\tMore each year.\n"
)
COMMENTARY = "The job description was changed in September; the governors have seen it and named one of their own. " * 2


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What there is to look at."""

    review: UUID
    improvement: UUID
    item: UUID
    proof: UUID
    """Its file, which waits for its check."""
    own_review: UUID
    """Against a standard of the school's own, of which there is a newer edition."""
    paper: UUID
    """A report for those who govern, made."""
    trust: Actor
    """The lead of a group that was told figures."""
    own_resource: UUID
    """What the school put into the library itself."""


async def review_standards(lead: Actor, head: Actor) -> Reviewed:
    """Two reviews, an item of evidence, an overdue improvement."""
    pies = framework_of("pies", profile_of("school"))
    if pies is None:
        raise RuntimeError("there is no PIES")
    first = await _review(lead, pies, lowest=3)
    async with begin(head) as work:
        review = await get_review(work, first)
        await sign_off(work, first, pies, "Agreed in the autumn meeting.", review.stamp)
    second = await _review(lead, pies, lowest=1, most=9)
    async with begin(lead) as work:
        item = await add_item(work, NewItem(
            kind="policy", title="Online safety policy, second edition", dated_on=date(2025, 1, 5),
            renew_on=date(2026, 1, 5), supports=(("pies", "M1"), ("pies", "M3")),
        ))  # fmt: skip
        upload = Upload("Online safety policy, second edition.pdf", media_type="application/pdf", size=182_400,
                        sha256=bytes(32), object_name=f"files/{item.id}", key=Key(bytes(32)))  # fmt: skip
        proof = await keep_file(work, item.id, upload, "As the governors agreed it in January", promised=True)
        plan = Plan(words="Name a deputy for online safety.", owner=str(lead.user_id), due_on=date(2026, 2, 1))
        improvement = await plan_improvement(work, pies, pies.controls[0], plan)
    own_review = await _own_standard(lead)
    paper = await _report(lead)
    trust, own_resource = await _group(lead), await _own_resource(lead)
    return Reviewed(second, improvement.id, item.id, proof.id, own_review, paper, trust, own_resource)


async def _own_standard(lead: Actor) -> UUID:
    pies, sentences = framework_of("pies", profile_of("school")), [f"Seen at {number}." for number in range(5, 0, -1)]
    assert pies
    async with begin(lead) as work:
        await add_control(work, pies, "access", "Wearables and smart glasses", sentences)
        framework = await import_framework(work, ROWS, Said("trust-audit", "Audit of the trust", "2025"), "school", ())
        review = await begin_review(work, framework, "full")
    newer = ROWS.replace("One person does.", "One named person does.").replace("A3\t", "A4\t")
    async with begin(lead) as work:
        await judge(work, await get_review(work, review.id), framework.controls[0], 2, "The rota shows it.", 0)
        await import_framework(work, newer, Said("trust-audit", "Audit of the trust", "2026"), "school", ())
    return review.id


async def _own_resource(lead: Actor) -> UUID:
    school = profile_of("school")
    known = Belonging(frozenset({"M1"}), frozenset(school.risk_areas), frozenset(school.issues))
    summary = "Whoever is told of a picture walks with them to the quiet room, and telephones the lead from there."
    links = ("Quiet room, first floor, next to the library of the lower school", "https://intranet.example/quiet-room")
    new = NewResource("guidance", "Our quiet room, and whom to telephone", summary, links, ("M1",), (), ("nudes",))
    asked = NewResource(
        "question", "Who fetches a child from the quiet room?", "Whoever is on duty.", issues=("nudes",)
    )
    async with begin(lead) as work:
        await add_resource(work, asked, known)
        return await add_resource(work, new, known)


async def _report(lead: Actor) -> UUID:
    async with begin(lead) as work:
        await state(work, "2025/26", "A quiet year. We ask for a second person who knows the filters.", 0)
        paper = await ask_for_report(work, "governors", "last-year")
        await make_report(work, paper, MemoryStore())
    return paper


async def _group(lead: Actor) -> Actor:
    group = await make_organisation("group")
    user_id, name = await make_person(group, (Role.GROUP_LEAD,))
    async with begin(lead) as work:
        source = await read_source(work, profile_of("school"), clock.now().date(), "", exact=False)
    told = figures_of(source, make_board(source))
    loud = msgspec.structs.replace(told, total=42)
    schools = (("Alder Vale School", told), ("Birch Academy", loud), ("The Church of England Primary School of "
               "Saint Bartholomew and All Angels, Little Snoring", loud))  # fmt: skip
    async with begin(system(group)) as work:
        for school, figures in schools:
            body = msgspec.json.encode(figures).decode()
            await work.driver.execute(KEEP, clock.new_id(), clock.new_id(), school, "2025/26", body, work.now())
    return Actor(ActorKind.PERSON, group, user_id, frozenset({Role.GROUP_LEAD}), name)


async def _review(lead: Actor, pies: Framework, lowest: int, most: int = 33) -> UUID:
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
    for place, control in enumerate(pies.first_controls[:most]):
        async with begin(lead) as work:
            level = lowest + place % 3
            await judge(work, await get_review(work, review.id), control, level, COMMENTARY if place % 2 else "", 0)
    return review.id
