"""Pages of rosters: send a file, say how it is read, look at what it would change, take it over, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID

from anyio import to_thread
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.errors import FieldError, Invalid
from safeguard.intake.moments import ORDERS, DayOrder
from safeguard.people.here import here
from safeguard.post.posting import post_mail_to
from safeguard.rosters import applying, staff, undoing
from safeguard.rosters.answering import answer
from safeguard.rosters.counting import all_seen, seen
from safeguard.rosters.entry import Subject
from safeguard.rosters.example import EXAMPLES
from safeguard.rosters.files.reading import glance_at
from safeguard.rosters.files.tables import FIELDS
from safeguard.rosters.runs import (
    PERMISSIONS,
    Run,
    begin_run,
    can_be_undone,
    choose,
    drop,
    file_of,
    get_run,
    list_problems,
    list_runs,
)
from safeguard.rosters.showing import KINDS, Tally, list_differences, tally_of
from safeguard.rosters.taking import AT_ONCE, RECEPTION, glance_at_upload
from safeguard.strongbox import objects
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Choice, Form, Text, Tick, blank, read
from safeguard.web.languages import gettext
from safeguard.web.pages import after, page, wants_fragment
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.work import Work

AT: Final[Mapping[Subject, str]] = {"people": "/people/rosters", "staff": "/settings/people/rosters"}
RUNNING: Final = frozenset({"reading", "applying", "undoing"})
SHOWN_PROBLEMS: Final = 50
CHOOSE_SITE: Final = "The file speaks of several schools. Say which of them is yours: of the others nothing is read."
Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file, and the system that it comes from."""

    source: Annotated[str, Text(longest=60, required="Say which system the file comes from.")]


@dataclass(frozen=True, slots=True)
class ReadForm:
    """How it is to be read; the columns of a table are read by their fields' names."""

    order: Annotated[str, Choice(ORDERS)]
    site: Annotated[str, Text(longest=255)]
    whole: Annotated[str, Choice(("yes", "no"))]
    several: Annotated[bool, Tick()]
    """Whether the file speaks of several schools."""


@dataclass(frozen=True, slots=True)
class ConfirmForm:
    """Taking it over."""

    leavers: Annotated[bool, Tick()]


def routes_of(subject: Subject) -> list[Any]:
    """The pages of one subject."""
    return [*_file_routes(subject), *_run_routes(subject), *_act_routes(subject)]


def _file_routes(subject: Subject) -> list[Any]:
    at, may = AT[subject], PERMISSIONS[subject]

    @get(at, permission=may, name=f"show rosters of {subject}")
    async def show_files(request: Asked, work: NamedDependency[Work]) -> Template:
        """The files so far, and the form that sends one."""
        return await _list(request, work, subject, blank(FileForm))

    @post(at, permission=may, status_code=303, receives=RECEPTION, name=f"take roster of {subject}")
    async def take_file(request: Asked, work: NamedDependency[Work]) -> Template | Redirect:
        """Keep the file, sealed, and go on to how it is read."""
        form = await read(request, FileForm)
        try:
            source = form.value.source
            upload, glance = await glance_at_upload(exchange.current().upload)
            run_id = await begin_run(work, subject, source, upload, glance)
        except Invalid as refusal:
            return await _list(request, work, subject, form.refused(refusal), 422)
        return after(f"{at}/{run_id}")

    @get(f"{at}/example.csv", permission=may, name=f"send example roster of {subject}")
    async def send_example(work: NamedDependency[Work]) -> Response[bytes]:
        """A file to try this with, of people whom nobody is."""
        work.require(may)
        headings, *rows = EXAMPLES[subject]
        whole = table(TableForm.CSV, headings)
        whole.add(rows)
        return download(TableForm.CSV, f"example-{subject}", whole)

    return [show_files, take_file, send_example]


def _run_routes(subject: Subject) -> list[Any]:
    one, may = f"{AT[subject]}/{{run_id:uuid}}", PERMISSIONS[subject]

    @get(one, permission=may, name=f"show roster of {subject}")
    async def show_run(request: Asked, work: NamedDependency[Work], run_id: FromPath[UUID]) -> Template:
        """How it is read; how far it is; what it would change, or changed."""
        run = await get_run(work, run_id, subject)
        if run.state == "open":
            return await _how(request, work, run, blank(ReadForm, order=run.day_order or ""))
        return await _shown(request, work, run)

    @post(one, permission=may, status_code=303, name=f"take columns of roster of {subject}")
    async def take_columns(request: Asked, work: NamedDependency[Work], run_id: FromPath[UUID]) -> Template | Redirect:
        """Keep how it is read, and have it read."""
        form = await read(request, ReadForm)
        run = await get_run(work, run_id, subject)
        chosen = {field.code: form[field.code] for field in FIELDS[subject] if form[field.code]}
        try:
            said = form.value
            if said.several and not said.site:
                raise Invalid(FieldError("site", CHOOSE_SITE))
            order = cast("DayOrder | None", said.order or None)
            await choose(work, run_id, chosen, order, said.site or None, whole=said.whole == "yes")
        except Invalid as refusal:
            return await _how(request, work, run, form.refused(refusal), chosen, 422)
        return after(f"{AT[subject]}/{run_id}")

    @get(f"{one}/problems.csv", permission=may, name=f"send problems of roster of {subject}")
    async def send_problems(work: NamedDependency[Work], run_id: FromPath[UUID]) -> Response[bytes]:
        """Every row that could not be read: its number, its column and what to do."""
        run = await get_run(work, run_id, subject)
        whole = table(TableForm.CSV, ("Row", "Column", "What to do"))
        whole.add([(str(number), field, words) for number, field, words in await list_problems(work, run.id)])
        return download(TableForm.CSV, "roster-problems", whole)

    return [show_run, take_columns, send_problems]


def _act_routes(subject: Subject) -> list[Any]:
    one, may = f"{AT[subject]}/{{run_id:uuid}}", PERMISSIONS[subject]
    invites: dict[str, Any] = {"fresh": True} if subject == "staff" else {}

    @post(f"{one}/answers", permission=may, status_code=303, name=f"take answers to roster of {subject}")
    async def take_answers(request: Asked, work: NamedDependency[Work], run_id: FromPath[UUID]) -> Redirect:
        """Keep what was said to the rows of one page."""
        await get_run(work, run_id, subject)
        sent = exchange.current().fields
        pairs = ((_row_id(name), sent.get(name)) for name in sent if name.startswith("row-"))
        await answer(work, run_id, {row_id: said for row_id, said in pairs if row_id})
        return after(f"{AT[subject]}/{run_id}?show=asked&saved=yes")

    @post(f"{one}/confirm", permission=may, status_code=200, name=f"confirm roster of {subject}", **invites)
    async def take_over(request: Asked, work: NamedDependency[Work], run_id: FromPath[UUID]) -> Template | Redirect:
        """Take it over. Of staff: invite whoever is new, and show the links this once."""
        form = await read(request, ConfirmForm)
        run = await get_run(work, run_id, subject)
        if subject == "people":
            await applying.start(work, run_id, marks_left=form.value.leavers)
            return after(f"{AT[subject]}/{run_id}")
        return await _invited(request, work, run, leavers=form.value.leavers)

    @post(f"{one}/undo", permission=may, status_code=303, name=f"undo roster of {subject}", **invites)
    async def take_back(work: NamedDependency[Work], run_id: FromPath[UUID]) -> Redirect:
        """Take it back."""
        await get_run(work, run_id, subject)
        await (undoing.start(work, run_id) if subject == "people" else staff.undo(work, run_id))
        return after(f"{AT[subject]}/{run_id}")

    @post(f"{one}/drop", permission=may, status_code=303, name=f"drop roster of {subject}")
    async def take_drop(work: NamedDependency[Work], run_id: FromPath[UUID]) -> Redirect:
        """Throw the file away, and what was read of it."""
        await get_run(work, run_id, subject)
        if name := await drop(work, run_id):
            await objects.erase(objects.current(), name)
        return after(f"{AT[subject]}?dropped=yes")

    return [take_answers, take_over, take_back, take_drop]


async def _list(request: Asked, work: Work, subject: Subject, form: Form[FileForm], status: int = 200) -> Template:
    return page(
        request, "rosters/list.html", status=status, form=form, errors=form.errors, at=AT[subject], subject=subject,
        rows=await all_seen(work, await list_runs(work, subject)), dropped=request.query_params.get("dropped") == "yes",
    )  # fmt: skip


async def _how(
    request: Asked, work: Work, run: Run, form: Form[ReadForm], chosen: Mapping[str, str] | None = None,
    status: int = 200,
) -> Template:  # fmt: skip
    stored = await file_of(work, run.id)
    pieces = await objects.read(objects.current(), stored.name, stored.key)
    content = b"".join([piece async for piece in pieces])
    glance = await to_thread.run_sync(glance_at, content, limiter=AT_ONCE)
    return page(
        request, "rosters/how.html", status=status, form=form, errors=form.errors, it=run, at=AT[run.subject],
        glance=glance, fields=FIELDS[run.subject], columns=run.chosen if chosen is None else chosen,
    )  # fmt: skip


async def _shown(request: Asked, work: Work, run: Run) -> Template:
    query = request.query_params
    run = await seen(work, run)
    tally = await tally_of(work, run)
    kind = query.get("show", "")
    kind = kind if kind in (*KINDS, "problems") else _first(run, tally)
    rows = None if kind == "problems" else await list_differences(work, run, kind, query.get("after"), here().profile)
    shown = page(
        request, "rosters/run.html", fragment="rosters/_progress.html", it=run, at=AT[run.subject], tally=tally,
        kind=kind, rows=rows, problems=await _problems(work, run) if kind == "problems" else [],
        address=_address(run), may_undo=await can_be_undone(work, run), saved=query.get("saved") == "yes",
        mails=surroundings.current().mails, at_once=staff.AT_ONCE,
    )  # fmt: skip
    if wants_fragment(request) and run.state not in RUNNING:
        shown.headers["HX-Refresh"] = "true"
    return shown


def _first(run: Run, tally: Tally) -> str:
    """What is most worth looking at."""
    if run.state in ("done", "undone"):
        return "left_out" if tally.left_out or tally.kept else "changed" if run.changed_count else "new"
    counts = {"asked": run.asked_count, "changed": run.changed_count, "new": run.new_count, "gone": run.gone_count}
    return next((kind for kind, count in counts.items() if count), "problems" if run.wrong_count else "new")


def _address(run: Run) -> Any:
    def address(kind: str, cursor: str | None = None) -> str:
        said = {"show": kind} | ({"after": cursor} if cursor else {})
        return f"{AT[run.subject]}/{run.id}?{urlencode(said)}"

    return address


async def _problems(work: Work, run: Run) -> list[dict[str, Any]]:
    names = {field.code: field.name for field in FIELDS[run.subject]}
    found = await list_problems(work, run.id)
    return [
        {"number": number, "field": gettext(names[field]) if field in names else field, "words": gettext(words)}
        for number, field, words in found[:SHOWN_PROBLEMS]
    ]


async def _invited(request: Asked, work: Work, run: Run, *, leavers: bool) -> Template:
    invited = await staff.confirm(work, run.id, marks_left=leavers)
    if surroundings.current().mails:
        for one in invited:
            await post_mail_to(work, one.email, "invitation", link=one.path)
    base = surroundings.current().public_url.rstrip("/")
    links = [(one.email, base + one.path, False) for one in invited]
    now = await get_run(work, run.id)
    return page(
        request, "rosters/invited.html", links=links, it=now, at=AT["staff"], mails=surroundings.current().mails
    )  # fmt: skip


def _row_id(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix("row-"))
    except ValueError:
        return None


ROUTES: Final = [*routes_of("people"), *routes_of("staff")]
