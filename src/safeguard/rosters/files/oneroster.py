"""OneRoster 1.1 and 1.2 as CSV: a ZIP with a manifest, `users.csv`, and whatever stands beside it.

Of the two versions we read the same things: 1.2 moved roles into a file of their own and preferred names into columns.
Vendors add columns (`metadata.…`) and leave files out; what is not there says nothing. A manifest that says other than
what is in the ZIP is not believed: nobody can tell then whether everybody is in it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from safeguard.intake.moments import Unclear
from safeguard.intake.sheets import EMPTY, NotATable, Sheet, read_sheet
from safeguard.people.details import tidy
from safeguard.rosters.entry import LONGEST_KEY, MOST, Entry, Glance, Problem, Reading, Roll, Site, Subject
from safeguard.rosters.files import fields

USERS: Final = "users.csv"
LEARNERS: Final = frozenset({"student"})
FAMILY: Final = frozenset({"parent", "guardian", "relative"})
STAFF: Final = frozenset({
    "administrator", "aide", "counselor", "districtadministrator", "principal", "proctor", "siteadministrator",
    "systemadministrator", "teacher",
})  # fmt: skip
ROLES: Final[Mapping[Subject, frozenset[str]]] = {"people": LEARNERS, "staff": STAFF}
NEEDED: Final = ("sourcedid", "givenname", "familyname")

NO_USERS: Final = "There is no users.csv in this file, so it says nothing about anybody."
NO_COLUMN: Final = "users.csv has no column “{}”, which every OneRoster file has. Export it again."
LIES_ABSENT: Final = (
    "The manifest says that {} is left out, but it is in the file. Nobody can tell which is right: export it again."
)
LIES_THERE: Final = (
    "The manifest says that {} is in the file, but it is not there. Something was lost on the way: export it again."
)
LIES_MODE: Final = "The manifest says “{}” of {}, which is neither bulk, delta nor absent. Export it again."
TOO_MANY: Final = f"This file has more than {MOST:,} people, which is the most at once."
SAME_ID: Final = "Another row above has the same sourcedId. Number them apart where the file comes from."
NO_ID: Final = "This row has no sourcedId, by which the next file finds the person again. Give it one at the source."
UNKNOWN_ORG: Final = "This row names an organisation that is not in orgs.csv."
NO_ROLE: Final = "This row does not say whether it is a student or somebody who works here."

Row = Mapping[str, str]


@dataclass(slots=True)
class _Files:
    """The tables of one ZIP, with their headings in small letters."""

    held: Mapping[str, bytes]
    modes: Mapping[str, str] = field(default_factory=dict[str, str])
    version: str = ""
    notes: list[str] = field(default_factory=list[str])

    def rows(self, name: str) -> Iterator[tuple[int, Row]]:
        """The rows of one file; none when it is not there, or holds only headings."""
        sheet = self.sheet(name)
        if sheet is None:
            return
        headings = tuple(heading.lower() for heading in sheet.headings)
        for number, row in enumerate(sheet.rows, start=2):
            if any(row):
                yield number, dict(zip(headings, row, strict=True))

    def sheet(self, name: str) -> Sheet | None:
        """One file as a table; raises `NotATable`, with the file's name where it is not the only one."""
        content = self.held.get(name)
        if content is None:
            return None
        try:
            return read_sheet(content)
        except NotATable as refusal:
            if str(refusal) == EMPTY:
                return None
            raise NotATable(f"{name}: {refusal}") from refusal


def glance(tables: Mapping[str, bytes]) -> Glance:
    """Which schools it speaks of; raises `NotATable` for what cannot be read at all."""
    files = _open(tables)
    sheet = files.sheet(USERS)
    if sheet is None:
        raise NotATable(NO_USERS)
    _check_headings(sheet)
    sites = _sites(files)
    return Glance(
        "oneroster", sites=tuple(sites.values()), notes=tuple(files.notes), is_whole=_is_whole(files),
        is_guessed=sheet.guessed_encoding,
    )  # fmt: skip


def read(tables: Mapping[str, bytes], reading: Reading) -> Roll:
    """Everybody of the kind that is asked about; raises `NotATable`."""
    files = _open(tables)
    sheet = files.sheet(USERS)
    if sheet is None:
        raise NotATable(NO_USERS)
    _check_headings(sheet)
    roll = Roll(notes=files.notes, is_whole=_is_whole(files))
    users = list(files.rows(USERS))
    if len(users) > MOST:
        raise NotATable(TOO_MANY)
    reader = _Reader(files, reading, roll, dict(_by_id(users)))
    for number, row in users:
        reader.take(number, row)
    return roll


def _open(tables: Mapping[str, bytes]) -> _Files:
    files = _Files(tables)
    said = {
        row.get("propertyname", "").strip().lower(): row.get("value", "").strip()
        for _, row in files.rows("manifest.csv")
    }
    if not said:
        files.notes.append("There is no manifest, so the file does not say by itself whether everybody is in it.")
        return files
    files.version = said.get("oneroster.version", "")
    if files.version not in ("1.1", "1.2"):
        files.notes.append(f"The manifest says OneRoster “{files.version[:20]}”. It was read as 1.1 and 1.2 are.")
    files.modes = dict(_modes(said, tables))
    return files


def _is_whole(files: _Files) -> bool | None:
    mode = files.modes.get(USERS)
    return None if mode is None else mode == "bulk"


def _modes(said: Mapping[str, str], tables: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        if not name.startswith("file."):
            continue
        file, mode = f"{name.removeprefix('file.')}.csv", value.lower()
        if mode not in ("bulk", "delta", "absent"):
            raise NotATable(LIES_MODE.format(value[:20], file))
        if mode == "absent" and file in tables:
            raise NotATable(LIES_ABSENT.format(file))
        if mode != "absent" and file not in tables:
            raise NotATable(LIES_THERE.format(file))
        yield file, mode


def _check_headings(sheet: Sheet) -> None:
    there = {heading.lower() for heading in sheet.headings}
    for name in NEEDED:
        if name not in there:
            raise NotATable(
                NO_COLUMN.format({"sourcedid": "sourcedId", "givenname": "givenName"}.get(name, "familyName"))
            )


def _sites(files: _Files) -> dict[str, Site]:
    """The organisations; the schools alone where the file says which are schools."""
    rows = [row for _, row in files.rows("orgs.csv") if row.get("sourcedid")]
    schools = [row for row in rows if row.get("type", "").lower() == "school"] or rows
    return {row["sourcedid"]: Site(row["sourcedid"][:LONGEST_KEY], row.get("name", "")[:120]) for row in schools}


def _by_id(users: list[tuple[int, Row]]) -> Iterator[tuple[str, Row]]:
    yield from ((row["sourcedid"], row) for _, row in users if row.get("sourcedid"))


class _Reader:
    """Goes through the users, with what the other files say of each."""

    def __init__(self, files: _Files, reading: Reading, roll: Roll, users: dict[str, Row]) -> None:
        self._reading, self._roll, self._users = reading, roll, users
        self._orgs = {row.get("sourcedid", "") for _, row in files.rows("orgs.csv")}
        self._births = {row.get("sourcedid", ""): row.get("birthdate", "") for _, row in files.rows("demographics.csv")}
        self._roles, self._at = self._roles_of(files)
        self._profiles = reading.profile.person_identifiers

    def take(self, number: int, row: Row) -> None:
        """One user: an entry, a problem, or nobody that is asked about."""
        key = row.get("sourcedid", "")[:LONGEST_KEY]
        roles = self._roles[key] | {part for part in [_role(row.get("role", ""))] if part}
        if roles and roles.isdisjoint(ROLES[self._reading.subject]):
            return
        places = self._at[key] | _list(row.get("orgsourcedids", "")) | _list(row.get("primaryorgsourcedid", ""))
        if self._reading.site and places and self._reading.site not in places and places <= self._orgs:
            return
        if problem := self._problem(number, key, roles, places):
            self._roll.problems.append(problem)
            self._roll.blind |= not key
            self._roll.keys.add(key)
            return
        self._roll.keys.add(key)
        gone = row.get("status", "").lower() == "tobedeleted"
        try:
            said = dict(self._said(row, key))
        except Unclear as unclear:
            self._roll.problems.append(Problem(number, "birthDate", str(unclear)))
            return
        self._roll.entries.append(Entry(number, key, said, gone))

    def _problem(self, number: int, key: str, roles: set[str], places: set[str]) -> Problem | None:
        if not key:
            return Problem(number, "sourcedId", NO_ID)
        if key in self._roll.keys:
            return Problem(number, "sourcedId", SAME_ID)
        if not roles:
            return Problem(number, "role", NO_ROLE)
        if self._orgs and not places <= self._orgs:
            return Problem(number, "orgSourcedIds", UNKNOWN_ORG)
        return None

    def _said(self, row: Row, key: str) -> Iterator[tuple[str, str]]:
        yield "given_name", fields.joined([row["givenname"], row.get("middlename", "")])
        yield "family_name", tidy(row["familyname"])
        if "preferredgivenname" in row:
            yield "known_as", tidy(row["preferredgivenname"])
        if self._reading.subject == "staff":
            yield "email", tidy(row.get("email", ""))
            return
        if "grades" in row:
            yield "group_name", fields.year_group(row["grades"].split(",")[0])
        if key in self._births:
            yield "born_on", fields.day(self._births[key], None)
        yield from self._numbers(row)
        yield from self._family(row, key)

    def _numbers(self, row: Row) -> Iterator[tuple[str, str]]:
        """From columns named for them, `metadata.UPN` and the like; from `userIds`; from `identifier`, by its form."""
        found: dict[str, str] = {}
        for name, value in row.items():
            kind = self._kind(re.split(r"[.:_]", name)[-1]) if name.startswith("metadata.") else None
            if kind and value:
                found.setdefault(*fields.number(kind, value))
        for kind, value in re.findall(r"\{([^:{}]+):([^{}]*)\}", row.get("userids", "")):
            if known := self._kind(kind):
                found.setdefault(*fields.number(known, value))
        plain = row.get("identifier", "").replace(" ", "").upper()
        for kind in ("upn", "own"):
            if plain and kind in self._profiles and re.fullmatch(self._profiles[kind].pattern, plain):
                found.setdefault(f"identifiers.{kind}", plain)
                break
        yield from found.items()

    def _kind(self, name: str) -> str | None:
        plain = name.strip().lower().replace(" ", "").removesuffix("number")
        return plain if plain in self._profiles else None

    def _family(self, row: Row, key: str) -> Iterator[tuple[str, str]]:
        """Those whom the row names as agents, one step away: who names whom in a circle changes nothing."""
        for agent in sorted(_list(row.get("agentsourcedids", "")) - {key}):
            user = self._users.get(agent)
            if user is None or user.get("status", "").lower() == "tobedeleted":
                continue
            role = next((one for one in sorted(self._roles[agent] | {_role(user.get("role", ""))}) if one), "")
            if role and role not in FAMILY:
                continue
            name = fields.joined([user.get("givenname", ""), user.get("familyname", "")])
            phone = user.get("phone", "") or user.get("sms", "")
            yield from fields.contact(name, relation=role, phone=phone, email=user.get("email", ""))

    @staticmethod
    def _roles_of(files: _Files) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Of 1.2: who is what, and where."""
        roles: dict[str, set[str]] = defaultdict(set)
        places: dict[str, set[str]] = defaultdict(set)
        for _, row in files.rows("roles.csv"):
            if row.get("status", "").lower() != "tobedeleted":
                roles[row.get("usersourcedid", "")].add(_role(row.get("role", "")))
                places[row.get("usersourcedid", "")] |= _list(row.get("orgsourcedid", ""))
        return roles, places


def _role(written: str) -> str:
    return written.strip().lower().replace(" ", "")


def _list(written: str) -> set[str]:
    return {part.strip()[:LONGEST_KEY] for part in written.split(",") if part.strip()}
