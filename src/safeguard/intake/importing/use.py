"""What importing has to be told: what the rows are, where they are kept, and how one of them is made.

One room with two uses: earlier records become incidents (`intake.records`), earlier cases become cases of the helpline
(`helpline.importing.cases`). Each has tables, events, a job and a page of its own, because each is another's to read.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard.access.policy import Permission
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.moments import DayOrder
from safeguard.intake.sheets import Sheet
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

Columns: TypeAlias = Mapping[str, str]
"""Field -> the heading of its column."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column may hold, and how such columns are commonly headed."""

    code: str
    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read."""

    source: str
    columns: Columns
    order: DayOrder | None
    zone: ZoneInfo
    profile: Profile
    now: datetime


class Row(Protocol):
    """A row as it would be imported."""

    @property
    def number(self) -> int:
        """Which row of the file it is."""
        ...

    @property
    def original_id(self) -> str:
        """Its number in the earlier product, or the digest of the row where there is none."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether it is not over there."""
        ...


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One file of earlier records, and how far it is."""

    id: UUID
    version: int
    source: str
    file_name: str
    size: int
    columns: str
    day_order: DayOrder | None
    state: str
    row_count: int | None
    done_count: int
    made_count: int
    known_count: int
    wrong_count: int
    uploaded_at: datetime
    uploaded_by_name: str
    finished_at: datetime | None

    @property
    def chosen(self) -> dict[str, str]:
        """Which column is which field."""
        return msgspec.json.decode(self.columns, type=dict[str, str])


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Use(Generic[R]):
    """One thing that tables are imported as."""

    noun: str
    """The beginning of its events (`import.begun`) and of its job (`import.run`)."""
    at: str
    """Where its pages are."""
    templates: str
    """The folder of their words."""
    permission: Permission
    form: type[Any]
    """The form that sends a file: a dataclass with `source`."""
    fields: tuple[Field, ...]
    dates: tuple[str, ...]
    """The fields that are dates: from these it may show whether days or months come first."""
    needed: Mapping[str, str]
    """Fields without which nothing is imported, and what to say then."""
    statements: "Statements"
    rows: Callable[[Sheet, Reading], Iterator[R | list[Problem]]]
    known: Callable[[Work, str, Sequence[str]], Awaitable[set[str]]]
    """Of these numbers of a source, those that are here already, as far as the actor may know."""
    make: Callable[[Work, Import, R, Profile], Awaitable[bool]]
    """Make one; whether it was new."""
    told: Callable[[R, ZoneInfo], Mapping[str, str | date | datetime | None]]
    """What it would hold, by its fields and as the organisation's clocks say it: looked at before it is made."""
    hidden: Callable[[Work, Sequence[UUID]], Awaitable[Mapping[UUID, tuple[int, int]]]] | None = None
    """Of each import, how many that it made are kept from the actor, and how many earlier ones of its source; None
    where nothing of the kind is kept from anybody."""


@dataclass(frozen=True, slots=True)
class Statements:
    """The constant SQL of one use."""

    list_latest: str
    one: str
    file: str
    add: str
    choose: str
    start: str
    drop: str
    count: str
    finish: str
    problems: str
    add_problem: str


_COLUMNS = ", ".join(f"m.{name}" for name in Import.__struct_fields__)
_HERE = "organisation_id = (select sec.current_organisation())"


def statements_of(imports: str, problems: str) -> Statements:
    """The SQL on these two tables, whose names are our own constants."""
    select = f"select row_to_json(r)::text from (select {_COLUMNS} from public.{imports} m where m.{_HERE}"  # noqa: S608  our own constants
    update = f"update public.{imports} m set"
    this = f"where m.{_HERE} and m.id = $1"
    gone = "object_name = null, wrapped_key = null, version = m.version + 1"
    return Statements(
        list_latest=f"{select} order by m.uploaded_at desc, m.id desc limit $1) r",
        one=f"{select} and m.id = $1 for update) r",
        file=f"select m.object_name, m.wrapped_key from public.{imports} m {this}",  # noqa: S608  our own constants
        add=f"""
            insert into public.{imports} (organisation_id, id, source, file_name, size, sha256, object_name,
                wrapped_key, columns, row_count, uploaded_at, uploaded_by, uploaded_by_name)
            values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,  # noqa: S608  our own constants
        choose=f"{update} columns = $2, day_order = $3, version = m.version + 1 {this} and m.state = 'open'",
        start=f"{update} state = 'running', started_at = $2, version = m.version + 1 {this} and m.state = 'open'",
        drop=f"{update} state = 'dropped', finished_at = $2, {gone} {this} and m.state = 'open'",
        count=f"""
            {update} done_count = $2, made_count = m.made_count + $3, known_count = m.known_count + $4,
                wrong_count = m.wrong_count + $5, row_count = $6
            {this} and m.state = 'running'
        """,
        finish=f"{update} state = 'done', finished_at = $2, {gone} {this} and m.state = 'running'",
        problems=f"""
            select p.row_number, p.field, p.problem from public.{problems} p
            where p.{_HERE} and p.import_id = $1 order by p.row_number, p.id
        """,  # noqa: S608  our own constants
        add_problem=f"""
            insert into public.{problems} (organisation_id, id, import_id, row_number, field, problem)
            values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
        """,  # noqa: S608  our own constants
    )
