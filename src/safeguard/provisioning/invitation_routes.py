"""Pages: a table of addresses, what it would do, and the invitations."""

import csv
import io
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import DomainError, FieldError, Invalid
from safeguard.identity.forms import AnyOf, told
from safeguard.identity.invited import show_links
from safeguard.identity.inviting import invite_again, list_open
from safeguard.intake.sheets import NotATable, Sheet, read_sheet
from safeguard.intake.taking import RECEPTION, taken_sheet
from safeguard.provisioning import inviting
from safeguard.provisioning.wordings import wordings
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, Text, blank, read
from safeguard.web.pages import page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.work import Work

AT: Final = "/settings/people/many"
MAY: Final = Permission.USERS_MANAGE
LONGEST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of people; the file itself is read apart."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The table that was looked at, and why its people need their roles."""

    rows: Annotated[str, Text(longest=LONGEST, lines=True, required="Choose the file again.")]
    reason: Annotated[str, Text(longest=2_000, lines=True)]
    again: Annotated[tuple[str, ...], AnyOf()]
    """Addresses of those who hold an invitation, and are to get another link."""


@get(AT, permission=MAY)
async def show_table(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form that takes a table."""
    work.require(MAY)
    return _table(request, blank(Table))


@get(f"{AT}/example.csv", permission=MAY)
async def send_example(work: NamedDependency[Work]) -> Response[bytes]:
    """A table to fill in, with the headings and the roles as this organisation calls them."""
    work.require(MAY)
    named = wordings()
    whole = table(TableForm.CSV, ("Email", "Role"))
    whole.add([
        ("first.person@school.example", named["reporter"].name),
        ("second.person@school.example", f"{named['reporter'].name}, {named['governor'].name}"),
        ("third.person@school.example", ""),
    ])  # fmt: skip
    return download(TableForm.CSV, "example-invitations", whole)


@post(AT, permission=MAY, status_code=200, receives=RECEPTION)
async def take_table(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What the table would do; nothing is kept."""
    form = await read(request, Table)
    try:
        sheet = await taken_sheet(exchange.current().upload)
        trial = await inviting.look(work, sheet, wordings())
    except Invalid as refusal:
        return _table(request, form.refused(refusal), 422)
    return _looked(request, trial, blank(Looked, rows=_as_text(sheet)))


@post(f"{AT}/invite", permission=MAY, status_code=200, fresh=True)
async def take_invitations(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Invite whoever is new, and whoever was ticked again; show the links this once."""
    form = await read(request, Looked)
    if form.errors:
        return _table(request, blank(Table), 422)
    try:
        trial = await inviting.look(work, _sheet(form.value.rows), wordings())
    except Invalid as refusal:
        return _table(request, blank(Table).refused(refusal), 422)
    chosen = frozenset(form.value.again)
    try:
        invited = await inviting.invite_all(work, trial, form.value.reason, besides=bool(chosen))
    except DomainError as refusal:
        return _looked(request, trial, told(form, refusal, "reason"), refusal.status)
    again = await invite_again(work, await list_open(work, [row.email for row in trial.known if row.email in chosen]))
    return await show_links(request, work, (*invited, *again.invited), left_out=again.left_out, wrong=len(trial.wrong))


def _table(request: Request[Any, Any, Any], form: Form[Table], status: int = 200) -> Template:
    return page(request, "provisioning/many.html", form=form, errors=form.errors, wordings=wordings(), status=status)


def _looked(request: Request[Any, Any, Any], trial: inviting.Trial, form: Form[Looked], status: int = 200) -> Template:
    return page(
        request, "provisioning/looked.html", trial=trial, form=form, errors=form.errors, wordings=wordings(),
        mails=surroundings.current().mails, status=status,
    )  # fmt: skip


def _as_text(sheet: Sheet) -> str:
    """The table again, for the form that goes on with it."""
    whole = io.StringIO()
    csv.writer(whole).writerows([sheet.headings, *sheet.rows])
    return whole.getvalue()


def _sheet(rows: str) -> Sheet:
    try:
        return read_sheet(rows.encode())
    except NotATable as refusal:
        raise Invalid(FieldError("file", str(refusal))) from refusal


ROUTES: Final = [show_table, send_example, take_table, take_invitations]
