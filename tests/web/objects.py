"""Objects of the rooms whose making takes more than a line: for the routes that name them."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.drafts.keeping import save
from safeguard.insights.reporting.queries import ask_for_report
from safeguard.keys.wrapping import Key
from safeguard.post import reaching
from safeguard.provisioning import connecting as provisioning
from safeguard.referrals.enclosing import ATTESTED
from safeguard.sign_on import connecting
from safeguard.sign_on.connecting import Wish
from safeguard.standards.adding import add_control
from safeguard.standards.contributing import Belonging, NewResource, add_resource
from safeguard.standards.files.keeping import keep_file
from safeguard.standards.frameworks import load_frameworks
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.standards.owning import list_added
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.reviewing import begin_review
from safeguard.web.fields import Fields
from safeguard.web.uploading import Upload
from safeguard.webhooks import hooking, telling
from safeguard.work import Work, begin

ADD_NOTICE = """
insert into notices (organisation_id, id, recipient_id, event, subject_id, key, created_at)
values ((select sec.current_organisation()), $1, $2, 'incident.recorded', $1, gen_random_uuid()::text, now())
"""


ADD_GROUP = """
insert into provisioned_groups (organisation_id, id, connection_id, display_name, added_at, changed_at)
values ((select sec.current_organisation()), $1, $2, 'Sample group', now(), now())
"""


async def standards_of(lead: Actor) -> dict[str, str]:
    """A review, an item of evidence with a file, an improvement and a resource."""
    pies = load_frameworks()["pies"]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "full")
        item = await add_item(
            work,
            NewItem(kind="policy", title="Online safety policy", dated_on=date(2026, 1, 5), supports=(("pies", "M3"),)),
        )
        upload = Upload("policy.pdf", media_type="application/pdf", size=1, sha256=bytes(32),
                        object_name=f"files/{item.id}", key=Key(bytes(32)))  # fmt: skip
        proof = await keep_file(work, item.id, upload, "", promised=True)
        plan = Plan(words="Name a deputy.", owner="The chair", due_on=date(2027, 3, 1))
        made = await plan_improvement(work, pies, pies.controls[0], plan)
        await add_control(work, pies, "access", "Wearables", [f"Seen at {level.number}." for level in pies.levels])
        own = (await list_added(work))[0]
        paper = await ask_for_report(work, "governors", "year")
        none = Belonging(frozenset(), frozenset(), frozenset())
        resource = await add_resource(work, NewResource("service", "The nurse", "Room 4."), none)
    return {
        "review_id": str(review.id), "item_id": str(item.id), "improvement_id": str(made.id), "control_id": str(own.id),
        "paper_id": str(paper), "resource_id": str(resource), "proof_id": str(proof.id),
    }  # fmt: skip


async def sign_on_of(lead: Actor) -> dict[str, str]:
    """A provider, described and no more: at a name that leads here, where nobody answers, and no name is asked for."""
    wish = Wish("Sample account", "https://localhost/", "safeguard", "secret", "sub", "", "")
    reaching.allow_loopback(allowed=True)  # only to write it down: a neighbour's name is refused at the form
    try:
        async with begin(lead) as work:
            return {"connection_id": str(await connecting.add(work, wish)), "organisation": "made-up"}
    finally:
        reaching.allow_loopback(allowed=False)


async def directory_of(lead: Actor) -> dict[str, str]:
    """A directory that is connected, with a group."""
    group = clock.new_id()
    async with begin(lead) as work:
        made = await provisioning.connect(work, "Sample directory", None)
        await work.driver.execute(ADD_GROUP, group, made.id)
    return {"directory_id": str(made.id), "group_id": str(group), "resource": str(group)}


async def hook_of(lead: Actor) -> dict[str, str]:
    """A webhook, and what it was told."""
    async with begin(lead) as work:
        made = await hooking.make_hook(work, "Sample program", "https://hooks.example/here", ["pack.made"])
        tried = await telling.try_hook(work, made.id)
    return {"hook_id": str(made.id), "delivery_id": str(tried)}


async def desk_of(lead: Actor) -> dict[str, str]:
    """What only one person has: a draft and a notice."""
    draft, notice = clock.new_id(), clock.new_id()
    async with begin(lead) as work:
        await save(work, draft, 0, "/incidents/new", Fields.of([("narrative", "Half a sentence")]))
        await work.driver.execute(ADD_NOTICE, notice, lead.user_id)
    return {"draft_id": str(draft), "notice_id": str(notice)}


ADD_CASE_FILE = """
insert into helpline_files (organisation_id, id, case_id, sent_id, name, media_type, size, sha256, attested,
                            announced_at)
values ((select sec.current_organisation()), $1, $2, $1, $3, 'application/pdf', 48200, $4, $5, now())
"""


async def a_file(work: Work, case_id: UUID, name: str = "Document 1.pdf") -> UUID:
    """A file that a referral said would come to a case, and that has not."""
    file_id = clock.new_id()
    await work.driver.execute(ADD_CASE_FILE, file_id, case_id, name, bytes(32), ATTESTED)
    return file_id
