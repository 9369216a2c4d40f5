"""Inviting many at once, from a table: what each row would do, or what is wrong with it, and then doing it.

Looking writes nothing. Doing it looks again, row by row: whoever belongs here already, or holds an invitation that is
still good, is left as they are, so that sending the same table twice invites nobody twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import DomainError, FieldError, Invalid
from safeguard.identity import addresses, granting
from safeguard.identity.inviting import Invited, invite
from safeguard.intake.sheets import Sheet
from safeguard.tenancy.profile import RoleWording
from safeguard.work import Work

MOST: Final = 500
"""Rows of one table."""

EMAIL: Final = ("email", "e-mail", "email address", "e-mail address", "mail", "work email", "address", "username")
ROLES: Final = ("role", "roles")

KNOWN: Final = """
select m.email, 'member' as why from memberships m where m.state = 'active' and m.kind = 'person' and m.email = any($1)
union all
select i.email, 'invited' from invitations i
where i.used_at is null and i.withdrawn_at is null and i.expires_at > $2 and i.email = any($1)
"""

NO_ADDRESS: Final = "There is no column called “Email”. Head the column of addresses so."
TOO_MANY: Final = f"The most at once is {MOST} rows. Split the table."
TWICE: Final = "This address is in a row above already."
UNKNOWN_ROLE: Final = "There is no role called “{}” here. Write: {}."
NONE: Final = "There is nobody to invite in this table: each row is known already, or needs another look."

State = Literal["new", "member", "invited", "wrong"]


@dataclass(frozen=True, slots=True)
class Row:
    """What one row would do."""

    number: int
    """As a spreadsheet counts, the headings being row 1."""
    email: str
    roles: tuple[Role, ...]
    state: State
    waits: tuple[Role, ...] = ()
    """Roles that somebody else has to agree to."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a table would do."""

    rows: tuple[Row, ...]

    @property
    def new(self) -> tuple[Row, ...]:
        """Who would be invited."""
        return tuple(row for row in self.rows if row.state == "new")

    @property
    def known(self) -> tuple[Row, ...]:
        """Who belongs here, or is invited, already."""
        return tuple(row for row in self.rows if row.state in ("member", "invited"))

    @property
    def wrong(self) -> tuple[Row, ...]:
        """Rows that need another look."""
        return tuple(row for row in self.rows if row.state == "wrong")


async def look(work: Work, sheet: Sheet, wordings: Mapping[str, RoleWording]) -> Trial:
    """What the table would do, row by row; raises `Invalid` with the field `file` for what is no such table."""
    work.require(Permission.USERS_MANAGE)
    column = _column(sheet, EMAIL)
    if column is None:
        raise Invalid(FieldError("file", NO_ADDRESS))
    if len(sheet.rows) > MOST:
        raise Invalid(FieldError("file", TOO_MANY))
    roles = _column(sheet, ROLES)
    filled = [(number, row) for number, row in sheet.numbered() if any(row.values())]
    read = [_read(number, row[column], row[roles] if roles else "", wordings) for number, row in filled]
    known = await _known(work, [row.email for row in read])
    seen: set[str] = set()
    return Trial(tuple([await _judged(work, row, known, seen) for row in read]))


async def invite_all(work: Work, trial: Trial, reason: str, *, besides: bool = False) -> tuple[Invited, ...]:
    """Invite everybody who is new; raises `Invalid` when nobody is, unless others are invited `besides`."""
    if not trial.new and not besides:
        raise Invalid(FieldError("file", NONE))
    return tuple([await invite(work, row.email, row.roles, reason=reason) for row in trial.new])


def _column(sheet: Sheet, names: Sequence[str]) -> str | None:
    plain = {heading.strip().lower().replace("_", " "): heading for heading in reversed(sheet.headings)}
    return next((plain[name] for name in names if name in plain), None)


def _read(number: int, typed: str, said: str, wordings: Mapping[str, RoleWording]) -> Row:
    """The row, as far as it can be told by itself."""
    try:
        return Row(number, addresses.check(typed), _roles(said, wordings), "new")
    except Invalid as refusal:
        return Row(number, typed[:100], (), "wrong", problem=refusal.errors[0].message)


def _roles(said: str, wordings: Mapping[str, RoleWording]) -> tuple[Role, ...]:
    """Roles by code or in the organisation's words, with commas or semicolons between them; to report, when none is."""
    known = {code.lower(): Role(code) for code in wordings}
    known |= {wording.name.lower(): Role(code) for code, wording in wordings.items()}
    known |= {code.replace("_", " "): Role(code) for code in wordings}
    names = [part.strip() for part in said.replace(";", ",").split(",") if part.strip()]
    for name in names:
        if name.lower() not in known:
            allowed = ", ".join(wording.name for wording in wordings.values())
            raise Invalid(FieldError("roles", UNKNOWN_ROLE.format(name[:40], allowed)))
    return tuple(dict.fromkeys(known[name.lower()] for name in names)) or (Role.REPORTER,)


async def _known(work: Work, listed: Sequence[str]) -> dict[str, State]:
    rows = await work.driver.fetch(KNOWN, list(listed), work.now())
    invited: dict[str, State] = {row["email"]: "invited" for row in rows if row["why"] == "invited"}
    members: dict[str, State] = {row["email"]: "member" for row in rows if row["why"] == "member"}
    return invited | members


async def _judged(work: Work, row: Row, known: Mapping[str, State], seen: set[str]) -> Row:
    if row.state == "wrong":
        return row
    if row.email in seen:
        return Row(row.number, row.email, row.roles, "wrong", problem=TWICE)
    seen.add(row.email)
    if row.email in known:
        return Row(row.number, row.email, row.roles, known[row.email])
    try:
        await granting.check(work, row.roles)
    except DomainError as refusal:
        return Row(row.number, row.email, row.roles, "wrong", problem=refusal.detail)
    waits = await granting.waiting(work, row.roles)
    return Row(row.number, row.email, row.roles, "new", tuple(sorted(waits)))
