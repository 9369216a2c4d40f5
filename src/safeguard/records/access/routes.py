"""`/records/requests`: requests for what is kept about somebody, from the day they come to the answer."""

from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.records.access import (
    adding,
    choosing,
    enclosing,
    gathering,
    handling,
    judging,
    looking,
    queries,
    redacting,
    releasing,
)
from safeguard.records.access.forms import (
    AddForm,
    EncloseForm,
    JudgeForm,
    LookForm,
    ReceiveForm,
    RedactForm,
    WhyForm,
    WithholdForm,
)
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement
from safeguard.records.access.redacting import Marker, redacted
from safeguard.records.access.wording import ASKERS, BY_HAND, CODES, COMPETENT, GROUNDS, HARM, IDENTITIES, KINDS
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

ANSWER = Permission.RECORDS_ANSWER
PLACE = "/records/requests"
ONE = PLACE + "/{request_id:uuid}"
Asked = Request[Any, Any, Any]


@get(PLACE, permission=ANSWER)
async def show_requests(request: Asked, work: NamedDependency[Work]) -> Template:
    """Those that wait first."""
    return page(
        request, "records/requests.html", requests=await queries.list_requests(work), askers=ASKERS, today=here().today
    )


@get(f"{PLACE}/new", permission=ANSWER)
async def show_receiving(request: Asked, work: NamedDependency[Work]) -> Template:
    """Write a request down."""
    return await _receiving(request, work, blank(ReceiveForm, person=request.query_params.get("person", "")))


@post(PLACE, permission=ANSWER, status_code=303)
async def take_receiving(request: Asked, work: NamedDependency[Work]) -> Template | Redirect:
    """Its clock runs from the day it came."""
    form = await read(request, ReceiveForm)
    try:
        said = form.value
        person = await _whom(work, said)
        new = NewRequest(person, said.asker, said.asker_name, said.asker_contact, said.received_on or here().today)
        request_id = await handling.receive(work, new)
    except Invalid as refusal:
        return await _receiving(request, work, form.refused(refusal), 422)
    return after(f"{PLACE}/{request_id}")


@get(ONE, permission=ANSWER)
async def show_request(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template:
    """How far it is, and what has to be done next."""
    return await _shown(request, work, request_id)


@post(ONE + "/judge", permission=ANSWER, status_code=303, fresh=True)
async def take_judging(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template | Redirect:
    """Who asks, and what an answer might do."""
    form = await read(request, JudgeForm)
    try:
        await judging.judge(work, request_id, _judgement(form.value), here().today)
    except Invalid as refusal:
        return await _shown(request, work, request_id, judged=form.refused(refusal), status=422)
    return after(f"{PLACE}/{request_id}")


@post(ONE + "/clock", permission=ANSWER, status_code=303, fresh=True)
async def take_clock(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template | Redirect:
    """Stop the clock, give it more time, or refuse."""
    form = await read(request, WhyForm)
    try:
        said = form.value
        if said.do == "refuse":
            await handling.refuse(work, request_id, said.why)
        else:
            act = handling.stop if said.do == "stop" else handling.extend
            await act(work, request_id, said.why, here().today)
    except Invalid as refusal:
        return await _shown(request, work, request_id, why=form.refused(refusal), status=422)
    except Conflict as refusal:
        wrong = form.refused(Invalid(FieldError("why", str(refusal))))
        return await _shown(request, work, request_id, why=wrong, status=409)
    return after(f"{PLACE}/{request_id}")


@post(ONE + "/resume", permission=ANSWER, status_code=303)
async def take_resuming(work: NamedDependency[Work], request_id: FromPath[UUID]) -> Redirect:
    """The answer came: the clock runs again."""
    await handling.resume(work, request_id, here().today)
    return after(f"{PLACE}/{request_id}")


@post(ONE + "/gather", permission=ANSWER, status_code=303, fresh=True)
async def take_gathering(work: NamedDependency[Work], request_id: FromPath[UUID]) -> Redirect:
    """Make the working copy, or make it anew."""
    await gathering.gather(work, request_id)
    return after(f"{PLACE}/{request_id}/copy")


@post(ONE + "/words", permission=ANSWER, status_code=303, fresh=True)
async def take_looking(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template | Redirect:
    """Look for what else they are called, or no longer, and make the copy anew."""
    form = await read(request, LookForm)
    try:
        await looking.look_for(work, request_id, form.value.word)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return await _copy(request, work, request_id, blank(RedactForm), 422, wrong.errors, word=wrong["word"])
    return after(f"{PLACE}/{request_id}/copy#looked-for")


@post(ONE + "/items", permission=ANSWER, status_code=303, fresh=True)
async def take_adding(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template | Redirect:
    """Put something in the copy that no search finds."""
    form = await read(request, AddForm)
    try:
        added = await adding.add(work, request_id, form.value.called, form.value.said)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return await _copy(request, work, request_id, blank(RedactForm), 422, wrong.errors, added=wrong)
    return after(f"{PLACE}/{request_id}/copy#item-{added}")


@post(ONE + "/items/{copy_id:uuid}/remove", permission=ANSWER, status_code=303)
async def take_removing(work: NamedDependency[Work], request_id: FromPath[UUID], copy_id: FromPath[UUID]) -> Redirect:
    """Take out what was added by hand."""
    await adding.remove(work, request_id, copy_id)
    return after(f"{PLACE}/{request_id}/copy#added")


@get(ONE + "/copy", permission=ANSWER)
async def show_copy(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template:
    """The working copy as it would be released, and what is blacked out."""
    return await _copy(request, work, request_id, blank(RedactForm))


@post(ONE + "/redactions", permission=ANSWER, status_code=303)
async def take_redaction(
    request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]
) -> Template | Redirect:
    """Black out words wherever they stand."""
    form = await read(request, RedactForm)
    try:
        await redacting.add_redaction(work, request_id, form.value.phrase, form.value.code)
    except Invalid as refusal:
        return await _copy(request, work, request_id, form.refused(refusal), 422)
    return after(f"{PLACE}/{request_id}/copy#blacked-out")


@post(ONE + "/redactions/{redaction_id:uuid}/turn", permission=ANSWER, status_code=303)
async def turn_redaction(
    work: NamedDependency[Work], request_id: FromPath[UUID], redaction_id: FromPath[UUID]
) -> Redirect:
    """Show these words again, or black them out again."""
    await redacting.turn_redaction(work, request_id, redaction_id)
    return after(f"{PLACE}/{request_id}/copy#blacked-out")


@post(ONE + "/items/{copy_id:uuid}", permission=ANSWER, status_code=303)
async def take_withholding(
    request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID], copy_id: FromPath[UUID]
) -> Redirect:
    """Leave one thing out whole, or put it in again."""
    form = await read(request, WithholdForm)
    await redacting.withhold(work, request_id, copy_id, form.value.code or None)
    return after(f"{PLACE}/{request_id}/copy#item-{copy_id}")


@post(ONE + "/items/{copy_id:uuid}/file", permission=ANSWER, status_code=303)
async def take_enclosing(
    request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID], copy_id: FromPath[UUID]
) -> Template | Redirect:
    """Have a file go with the answer, whole."""
    form = await read(request, EncloseForm)
    try:
        await enclosing.enclose(work, request_id, copy_id, looked_at=form.value.looked)
    except Invalid as refusal:
        ticked = copy_id if form.value.looked else None
        return await _copy(request, work, request_id, blank(RedactForm), 422, refusal.errors, ticked)
    return after(f"{PLACE}/{request_id}/copy#item-{copy_id}")


@post(ONE + "/release", permission=ANSWER, status_code=303, fresh=True)
async def ask_release(request: Asked, work: NamedDependency[Work], request_id: FromPath[UUID]) -> Template | Redirect:
    """Ask somebody else to agree to the release."""
    try:
        proposal = await releasing.ask_release(work, request_id)
    except Conflict as refusal:
        why = FieldError("release", str(refusal))
        return await _shown(request, work, request_id, unready=(why,), status=409)
    return after(f"/approvals/{proposal.id}?done=asked")


@get(ONE + "/download", permission=ANSWER, fresh=True)
async def send_answer(work: NamedDependency[Work], request_id: FromPath[UUID]) -> Stream:
    """What was released: a document, and the same as data. That it was downloaded is in the log."""
    found, pieces = await releasing.download(work, request_id)
    name = f'attachment; filename="answer-{str(found.id)[-6:]}.zip"'
    headers = {"Content-Disposition": name, "Content-Length": str(found.size), "Cache-Control": "no-store"}
    return Stream(pieces, media_type="application/zip", headers=headers)


async def _receiving(request: Asked, work: Work, form: Form[ReceiveForm], status: int = 200) -> Template:
    work.require(ANSWER)
    if not work.may(Permission.RECORDS_MANAGE):
        leads = await choosing.list_leads(work)
        return page(
            request, "records/receive.html", status=status, form=form, errors=form.errors, name="", askers=ASKERS,
            leads=leads,
        )  # fmt: skip
    name = ""
    if form["person"]:
        with suppress(Invalid):
            name = await queries.name_of(work, _identifier(form["person"]))
    return page(
        request, "records/receive.html", status=status, form=form, errors=form.errors, name=name, askers=ASKERS,
        leads=None,
    )  # fmt: skip


async def _whom(work: Work, said: ReceiveForm) -> UUID:
    if work.may(Permission.RECORDS_MANAGE):
        return _identifier(said.person)
    return await choosing.whom(work, said.person, said.named)


async def _shown(
    request: Asked,
    work: Work,
    request_id: UUID,
    *,
    judged: Form[JudgeForm] | None = None,
    why: Form[WhyForm] | None = None,
    unready: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Template:
    found = await queries.handled_request(work, request_id)
    judged = judged or _judged(found)
    why = why or blank(WhyForm)
    return page(
        request, "records/request.html", status=status, found=found, judging=judged, why=why, askers=ASKERS,
        grounds=GROUNDS, entitled=judging.ENTITLED[found.asker], identities=IDENTITIES, understands=COMPETENT,
        harms=HARM, items=len(await queries.list_items(work, request_id)), today=here().today,
        errors=(*judged.errors, *why.errors, *unready), unready=unready,
    )  # fmt: skip


async def _copy(
    request: Asked,
    work: Work,
    request_id: UUID,
    form: Form[RedactForm],
    status: int = 200,
    refused: tuple[FieldError, ...] = (),
    looked: UUID | None = None,
    word: str = "",
    added: Form[AddForm] | None = None,
) -> Template:
    found = await queries.handled_request(work, request_id)
    items, redactions = await queries.list_items(work, request_id), await queries.list_redactions(work, request_id)
    files = {file.id: file for file in await enclosing.list_enclosable(work, request_id)}
    marker = Marker(redactions, [found.about_name])
    shown = list(zip(items, redacted(items, marker), strict=True))
    texts = (words for item in items if not item.withheld for _, words in item.passages)
    return page(
        request, "records/copy.html", status=status, found=found, shown=shown, redactions=redactions, form=form,
        errors=(*form.errors, *refused), files=files, looked=looked, codes=CODES, word=word,
        added=added or blank(AddForm), by_hand=BY_HAND,
        unsure=marker.unsure(texts) if found.is_open else (),
        kinds=KINDS, shelves=list(Counter(item.kind for item in items).items()),
    )  # fmt: skip


def _judgement(said: JudgeForm) -> Judgement:
    return Judgement(
        said.ground, said.identity, said.competent, said.harm, said.seen, said.seen_on, said.wishes, said.limits,
        said.standing, said.harm_words, said.advised_by,
    )  # fmt: skip


def _judged(found: queries.Request) -> Form[JudgeForm]:
    """What was said last; of whoever asks about themselves, the ground is plain."""
    own = "own" if found.asker == "self" else ""
    return blank(
        JudgeForm, ground=found.ground or own, identity=found.identity or "", seen=found.seen,
        seen_on=found.seen_on.isoformat() if found.seen_on else "", competent=found.competent or "",
        wishes=found.wishes, limits=found.limits, standing=found.standing_words, harm=found.harm or "",
        harm_words=found.harm_words, advised_by=found.advised_by,
    )  # fmt: skip


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise Invalid(
            FieldError("person", "Choose whom it is about, from their page in the list of people.")
        ) from fault


ROUTES = [
    show_requests, show_receiving, take_receiving, show_request, take_judging, take_clock, take_resuming,
    take_gathering, take_looking, take_adding, take_removing,
    show_copy, take_redaction, turn_redaction, take_withholding, take_enclosing,
    ask_release, send_answer,
]  # fmt: skip
