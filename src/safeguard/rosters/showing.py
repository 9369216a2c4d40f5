"""The differences as people read them: fields in the organisation's words, and an address never in clear."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.errors import BadRequest
from safeguard.people.details import FIELD_NAMES
from safeguard.people.person import Found
from safeguard.people.twins import list_some
from safeguard.rosters.difference import LEFT
from safeguard.rosters.files.fields import is_day
from safeguard.rosters.runs import PERMISSIONS, Run
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext
from safeguard.web.paging import Key, Page, cut, read_cursor, scope_of
from safeguard.work import Work

SHOWN: Final = 25
KINDS: Final = ("asked", "changed", "new", "gone", "left_out")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""A cursor holds the row's number and id: no name of anybody."""
_SELECT: Final = """
select r.id, r.row_number, r.kind, r.name, r.person_id, r.said, r.changes, r.conflicts, r.candidates, r.answer,
    r.state, r.reason
from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and (r.row_number, r.id) > ($2, $3)
"""
_ORDER: Final = " order by r.row_number, r.id limit $4"
LIST: Final = _SELECT + "and r.kind = $5" + _ORDER
LEFT_OUT: Final = _SELECT + "and r.state in ('left_out', 'kept')" + _ORDER
COUNT_LEFT_OUT: Final = """
select count(*) filter (where r.state = 'left_out') as left_out, count(*) filter (where r.state = 'kept') as kept,
    count(*) filter (where r.kind = 'asked' and r.state = 'planned' and r.answer = '') as unanswered
from public.roster_rows r where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1
"""
_IN_NAME: Final = frozenset({"given_name", "family_name"})
_CONTACT: Final = {
    "name": "name", "relation": "who they are", "phone": "telephone", "email": "email",
    "responsibility": "parental responsibility",
}  # fmt: skip


class Change(msgspec.Struct, frozen=True):
    """One field: what it is called, what stands here, what the file says."""

    label: str
    before: str
    after: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the differences."""

    id: UUID
    number: int
    name: str
    person_id: UUID | None
    says: tuple[Change, ...]
    """Of somebody new: everything that the file says."""
    changes: tuple[Change, ...]
    conflicts: tuple[Change, ...]
    candidates: tuple[Found, ...]
    answer: str
    state: str
    reason: str


class Tally(msgspec.Struct, frozen=True):
    """What became of rows that were not simply taken over."""

    left_out: int
    kept: int
    unanswered: int


async def list_differences(
    work: Work, run: Run, kind: str, after: str | None, profile: Profile, limit: int = SHOWN
) -> Page[Line]:
    """Some differences of one kind, in the order of the file."""
    work.require(PERMISSIONS[run.subject])
    if kind not in KINDS:
        raise BadRequest
    scope = scope_of("roster", {"run": str(run.id), "kind": kind})
    start = read_cursor(after, scope)
    number = (start.at - EPOCH) // timedelta(microseconds=1) if start else -1
    statement, more = (LEFT_OUT, []) if kind == "left_out" else (LIST, [kind])
    rows = await work.driver.fetch(statement, run.id, number, start.id if start else UUID(int=0), limit + 1, *more)
    people = await _candidates(work, rows) if run.subject == "people" else {}
    lines = [_line(row, profile, people) for row in rows]
    return cut(lines, limit, lambda line: Key(EPOCH + timedelta(microseconds=line.number), line.id), scope)


async def tally_of(work: Work, run: Run) -> Tally:
    """How many rows were left out, stayed, and wait for an answer."""
    row: Any = await work.driver.fetchrow(COUNT_LEFT_OUT, run.id)
    return Tally(row["left_out"], row["kept"], row["unanswered"])


async def _candidates(work: Work, rows: list[Any]) -> dict[UUID, Found]:
    named = [one for row in rows for one in row["candidates"]]
    return await list_some(work, named) if named else {}


def _line(row: Any, profile: Profile, people: Mapping[UUID, Found]) -> Line:
    said: dict[str, str] = msgspec.json.decode(row["said"])
    pairs = {name: ("", value) for name, value in said.items() if value and name not in _IN_NAME}
    return Line(
        id=row["id"], number=row["row_number"], name=row["name"] or gettext("Without a name"),
        person_id=row["person_id"], says=tuple(_changes(pairs, profile, said)),
        changes=tuple(_changes(msgspec.json.decode(row["changes"]), profile, said)),
        conflicts=tuple(_changes(msgspec.json.decode(row["conflicts"]), profile, said)),
        candidates=tuple(people[one] for one in row["candidates"] if one in people),
        answer=row["answer"], state=row["state"], reason=gettext(row["reason"]) if row["reason"] else "",
    )  # fmt: skip


def _changes(pairs: Mapping[str, Any], profile: Profile, said: Mapping[str, str]) -> Iterator[Change]:
    for name, (before, after) in pairs.items():
        yield Change(label_of(name, profile, said), value_of(name, before, profile), value_of(name, after, profile))


def label_of(name: str, profile: Profile, said: Mapping[str, str] = MappingProxyType({})) -> str:
    """What a field is called; a contact by the name that the file writes, where `said` tells it."""
    group, _, rest = name.partition(".")
    match group:
        case "identifiers":
            known = profile.person_identifiers.get(rest)
            return known.name if known else rest
        case "flags":
            known = profile.person_flags.get(rest)
            return known.name if known else rest
        case "contacts":
            who, _, field = rest.rpartition(".")
            called = gettext(_CONTACT.get(field, field))
            return gettext("Contact %(who)s: %(field)s") % {
                "who": said.get(f"contacts.{who}.name") or who.title(),
                "field": called,
            }
        case "group_name":
            return profile.title("group_of_pupils")
        case "former_names":
            return gettext("Former names")
        case "left":
            return gettext("Left")
        case "email":
            return gettext("Email")
        case _:
            return gettext(FIELD_NAMES.get(name, name))


def value_of(name: str, value: str, profile: Profile) -> str:
    """What stands there, for people; an address is only said to be there."""
    if not value:
        return ""
    if name == "address":
        return gettext("kept, not shown here")
    if name.endswith(".relation"):
        known = profile.relations.get(value)
        return known.name if known else value
    if name in ("born_on", LEFT) and is_day(value):
        day = date.fromisoformat(value)
        return f"{day.day} {gettext(day.strftime('%B'))} {day.year}"
    return gettext("yes") if value == "yes" else value
