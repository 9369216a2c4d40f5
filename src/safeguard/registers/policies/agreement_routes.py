"""`/standards/registers/policies/ID/signatures`: who has signed an agreement, and how others can."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.identity.showing import LASTS, seal, unseal
from safeguard.registers.policies.addressing import Addressed, make_lasting_link, make_link, make_links
from safeguard.registers.policies.filing import find_file
from safeguard.registers.policies.forms import LastingForm, LinkForm, LinksForm, PaperForm, ReasonForm
from safeguard.registers.policies.policy import PARTIES, Signature
from safeguard.registers.policies.queries import (
    find_link,
    get_policy,
    get_signature,
    list_editions,
    list_links,
    list_links_over,
    list_signatures,
    tally,
)
from safeguard.registers.policies.routes import BASE
from safeguard.registers.policies.signing import (
    count_known,
    end_signature,
    record_paper,
)
from safeguard.standards.queries import LATEST_ITEM
from safeguard.web import surroundings
from safeguard.web.asked import number
from safeguard.web.forms import Form, blank, clean, read, today_here, zone_here
from safeguard.web.languages import gettext
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.web.tables import Form as FileForm
from safeguard.web.tables import download, table
from safeguard.work import Work

HERE: Final = BASE + "/{policy_id:uuid}"


@get(HERE + "/signatures", permission=Permission.REGISTER_READ)
async def show_signatures(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template:
    """Who has signed, by party and by name; and every way to sign."""
    return await _signatures(request, work, policy_id)


@post(HERE + "/signatures", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_paper(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Record names from paper."""
    form = await read(request, PaperForm)
    await get_policy(work, policy_id)
    try:
        said = form.value
        known = await count_known(work, policy_id, said.party, said.names)
        count = await record_paper(work, policy_id, said.party, said.names, said.signed_on)
    except Invalid as refusal:
        return await _signatures(request, work, policy_id, form.refused(refusal), status=422)
    return after(f"{BASE}/{policy_id}/signatures?recorded={count}&known={known}")


@post(HERE + "/links", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_link(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Make an address at which somebody without an account signs; it is shown for minutes."""
    form = await read(request, LinkForm)
    await get_policy(work, policy_id)
    try:
        said = form.value
        made = await make_link(work, policy_id, said.signer, said.name, many=said.do == "device")
    except Invalid as refusal:
        return await _signatures(request, work, policy_id, link_form=form.refused(refusal), status=422)
    return _handed_out(policy_id, made)


@post(HERE + "/links/lasting", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_lasting_link(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Make an address for many, such as for a newsletter; it is shown for minutes."""
    form = await read(request, LastingForm)
    await get_policy(work, policy_id)
    try:
        said = form.value
        made = await make_lasting_link(work, policy_id, said.signing, said.until_on, zone_here(), said.called)
    except Invalid as refusal:
        return await _signatures(request, work, policy_id, lasting_form=form.refused(refusal), status=422)
    return _handed_out(policy_id, made)


@post(HERE + "/links/list", permission=Permission.REGISTER_KEEP, status_code=200)
async def take_links(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Response[bytes]:
    """An address for each of a list, as a file to merge into letters: their secrets are in it and nowhere else."""
    form = await read(request, LinksForm)
    policy = await get_policy(work, policy_id)
    try:
        said = form.value
        made = await make_links(work, policy_id, said.signers, said.people)
    except Invalid as refusal:
        return await _signatures(request, work, policy_id, list_form=form.refused(refusal), status=422)
    kind, public, zone = FileForm(said.do or FileForm.CSV), surroundings.current().public_url, zone_here()
    headings = (gettext("Name"), gettext("For"), gettext("Agreement"), gettext("Address for signing"), gettext("Until"))
    whole = table(kind, headings)
    whole.add(
        (who.name, who.for_name, policy.title, public + one.path,
         f"{one.link.expires_at.astimezone(zone):%Y-%m-%d %H:%M}")
        for who, one in zip(said.people, made, strict=True)
    )  # fmt: skip
    return download(kind, "addresses", whole)


@get(HERE + "/signatures/{signature_id:uuid}", permission=Permission.REGISTER_READ)
async def show_signature(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    policy_id: FromPath[UUID],
    signature_id: FromPath[UUID],
) -> Template:
    """One signature: to what, when, how; and its end."""
    return await _signature(request, work, policy_id, signature_id, blank(ReasonForm))


@post(HERE + "/signatures/{signature_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_ending(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    policy_id: FromPath[UUID],
    signature_id: FromPath[UUID],
) -> Template | Redirect:
    """It holds no longer."""
    form = await read(request, ReasonForm)
    try:
        await end_signature(work, policy_id, signature_id, form.value.reason)
    except Invalid as refusal:
        return await _signature(request, work, policy_id, signature_id, form.refused(refusal), status=422)
    return after(f"{BASE}/{policy_id}/signatures")


def _handed_out(policy_id: UUID, made: Addressed) -> Redirect:
    return after(f"{BASE}/{policy_id}/signatures?made={seal(made.path)}")


async def _signatures(
    request: Request[Any, Any, Any], work: Work, policy_id: UUID, form: Form[PaperForm] | None = None,
    link_form: Form[LinkForm] | None = None, list_form: Form[LinksForm] | None = None,
    lasting_form: Form[LastingForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    policy, query = await get_policy(work, policy_id), request.query_params
    party = query.get("who", "") if query.get("who") in PARTIES else ""
    text = clean(query.get("q", ""))[:100]
    at = await find_link(work, policy_id, query.get("at", ""))
    scope = scope_of("signatures", {"policy": str(policy_id), "who": party, "q": text, "at": str(at and at.id)})
    start = read_cursor(query.get("after"), scope)
    rows = await list_signatures(
        work, policy_id, (start.at, start.id) if start else LATEST_ITEM, DEFAULT_LIMIT + 1, party=party, text=text,
        link_id=at and at.id,
    )  # fmt: skip
    paper = form or blank(PaperForm, signed_on=today_here().isoformat())
    link, several = link_form or blank(LinkForm), list_form or blank(LinksForm)
    lasting = lasting_form or blank(LastingForm)
    made = unseal(query.get("made"))
    counts = await tally(work, policy, today_here())
    return page(
        request, "registers/policies/signatures.html", status=status, policy=policy, today=today_here(), party=party,
        q=text, at=at, rows=cut(rows, DEFAULT_LIMIT, _key, scope), first=start is None, form=paper, link_form=link,
        list_form=several, lasting_form=lasting,
        errors=(*paper.errors, *link.errors, *several.errors, *lasting.errors),
        links=await list_links(work, policy_id), over=await list_links_over(work, policy_id), counts=counts,
        holding=sum(one.holding for one in counts.values()), editions=await list_editions(work, policy_id),
        file=await find_file(work, policy_id, policy.edition),
        link=made and surroundings.current().public_url + made, shown_for=LASTS // timedelta(minutes=1),
        recorded=number(query.get("recorded")), known=number(query.get("known")),
    )  # fmt: skip


async def _signature(
    request: Request[Any, Any, Any], work: Work, policy_id: UUID, signature_id: UUID, form: Form[ReasonForm],
    status: int = 200,
) -> Template:  # fmt: skip
    signature = await get_signature(work, policy_id, signature_id)
    return page(
        request, "registers/policies/signature.html", status=status, policy=await get_policy(work, policy_id),
        signature=signature, link=await find_link(work, policy_id, str(signature.link_id)), form=form,
        errors=form.errors, today=today_here(),
    )  # fmt: skip


def _key(row: Signature) -> Key:
    return Key(row.recorded_at, row.id)


ROUTES = [
    show_signatures, take_paper, take_link, take_lasting_link, take_links, show_signature, take_ending,
]  # fmt: skip
