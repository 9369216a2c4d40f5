"""What this room puts into evidence packs: what is known of one person, every version of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Fact, Passage, Section
from safeguard.evidence.report.sheets import Column, DayColumn, Sheets, Values, merged, said
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

SAME: Final = """
with recursive same (id) as (
    select p.id from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = $1
    union
    select p.id from same s join public.people p
        on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = s.id
)
select s.id from same s order by s.id = $1 desc, s.id
"""
"""The person, and every record that was merged into theirs."""


@dataclass(frozen=True, slots=True)
class PersonPart:
    """A person as a part of packs."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """The person that was asked for; raises `NotFound`."""
        require_to_ask(work, Permission.PERSON_READ)
        if scope.person_id is None or not await work.driver.fetch(SAME, scope.person_id):
            raise NotFound
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Their record, and those that were merged into it."""
        work.require(Permission.PERSON_READ)
        rows = await work.driver.fetch(SAME, scope.person_id) if scope.person_id else ()
        return [ObjectRef("person", row["id"]) for row in rows]

    async def telling(self, work: Work) -> PartTelling:
        """In this organisation's words and time."""
        return _Telling(await own_profile(work), Sheets((await get_organisation(work)).zone))


@dataclass(frozen=True, slots=True)
class _Telling:
    profile: Profile
    sheet: Sheets

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        return [self._section(versions, main=place == 0) for place, versions in enumerate(told.values())]

    def _section(self, versions: Sequence[Told], *, main: bool) -> Section:
        values = merged(versions[-1:])
        return Section(
            "person" if main else "person_merged",
            "What is known of the person" if main else "A record that was merged into this one",
            facts=tuple(Fact(label, value) for label, value in self._facts(values) if value),
            passages=(Passage("Notes", str(values["notes"])),) if values.get("notes") else (),
            sheets=(
                self.sheet("Contacts", (
                    Column("Who", "name"), Column("Relation", "relation", said), Column("Telephone", "phone"),
                    Column("Address", "email"), Column("Holds responsibility", "responsibility", _tick),
                    Column("No contact", "no_contact", _tick), Column("Notes", "notes", wide=True),
                ), _numbered(values, "contacts"), "No contact is recorded."),
                self.sheet("Every version", (
                    Column("Version", "number"), DayColumn("When", "at"), Column("By", "author"),
                    Column("Fields", "fields", wide=True),
                ), [_version(version) for version in versions]),
            ),
        )  # fmt: skip

    def _facts(self, values: Values) -> Iterator[tuple[str, str]]:
        yield "Name", f"{values.get('given_name', '')} {values.get('family_name', '')}".strip()
        yield "Known as", str(values.get("known_as", ""))
        former = values.get("former_names", ())
        yield "Former names", former if isinstance(former, str) else ", ".join(former)
        yield "Kind", said(values.get("kind", ""))
        yield "Born", self.sheet.day(values["born_on"]) if values.get("born_on") else ""
        connection = values.get("connection")
        known = self.profile.connections.get(str(connection))
        yield "Connection", known.name if known else ""
        yield "Group", str(values.get("group_name", ""))
        yield "Flags", ", ".join(map(said, values.get("flags", ())))
        yield "Address", str(values.get("address", ""))
        for row in _numbered(values, "identifiers"):
            kind = str(row.get("kind", ""))
            number = self.profile.person_identifiers.get(kind)
            yield number.name if number else said(kind), str(row.get("value", ""))


def _numbered(values: Values, name: str) -> list[dict[str, object]]:
    """`contacts.2.name` is the name of the second contact."""
    rows: dict[int, dict[str, object]] = {}
    for field, value in values.items():
        if field.startswith(f"{name}."):
            _, number, what = field.split(".", 2)
            rows.setdefault(int(number), {})[what] = value
    return [rows[number] for number in sorted(rows)]


def _version(told: Told) -> dict[str, object]:
    fields = ", ".join(sorted({said(name.split(".")[0]).lower() for name in told.values}))
    return {"number": told.number, "at": told.at.isoformat(), "author": told.author, "fields": fields}


def _tick(value: object) -> str:
    return "yes" if value is True else ""
