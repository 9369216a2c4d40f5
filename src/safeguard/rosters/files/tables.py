"""A plain table, CSV or XLSX: somebody says which column is what, and the guess is a beginning.

Where no column holds the system's own number, a UPN or another number stands for it, and where there is none, the name
with the date of birth: then a changed name is somebody new, and is asked about.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from safeguard.intake.importing.reading import guess
from safeguard.intake.importing.use import Field
from safeguard.intake.moments import Unclear, order_of
from safeguard.intake.sheets import Sheet
from safeguard.people.details import tidy
from safeguard.rosters.entry import LONGEST_KEY, Entry, Glance, Problem, Reading, Roll, Subject
from safeguard.rosters.files import fields

_NAMES: Final = (
    Field("given_name", "Given names", ("given name", "given names", "givenname", "forename", "forenames",
          "legal forename", "first name", "firstname", "first")),
    Field("family_name", "Family name", ("family name", "familyname", "surname", "legal surname", "last name",
          "lastname", "last")),
    Field("full_name", "The whole name in one column", ("name", "full name", "pupil name", "student name", "pupil",
          "student", "member name", "resident name", "staff name")),
    Field("source_id", "Its number in that system", ("sourcedid", "id", "person id", "pupil id", "student id",
          "member id", "resident id", "mis id", "external id", "adno", "admission number", "admission no", "staff id",
          "employee id", "payroll number")),
)  # fmt: skip
PEOPLE: Final = (
    *_NAMES,
    Field("known_as", "Known as", ("known as", "preferred name", "preferred forename", "chosen name",
          "preferredgivenname")),
    Field("former_name", "Former name", ("former name", "former surname", "previous surname")),
    Field("born_on", "Date of birth", ("date of birth", "dob", "d.o.b.", "birth date", "birthdate", "born")),
    Field("group_name", "Group", ("year", "year group", "yeargroup", "nc year", "year group name", "grades", "group",
          "class", "form", "tutor group", "reg group", "registration group", "team", "unit", "house")),
    Field("upn", "UPN", ("upn", "unique pupil number", "metadata.upn")),
    Field("uln", "ULN", ("uln", "unique learner number")),
    Field("nhs", "NHS number", ("nhs number", "nhs no", "nhs")),
    Field("own", "Own number", ("own number", "register number", "membership number")),
    Field("flags", "To know at once", ("flags", "to know at once", "alerts")),
    Field("address", "Address", ("address", "home address")),
    Field("contact_1", "First contact: name", ("contact 1", "contact 1 name", "contact name", "parent", "parent name",
          "parent 1", "parent/carer", "carer", "guardian", "priority 1 contact")),
    Field("contact_1_relation", "First contact: who they are", ("contact 1 relationship", "contact 1 relation",
          "relationship")),
    Field("contact_1_phone", "First contact: telephone", ("contact 1 phone", "contact 1 telephone", "contact phone",
          "parent phone", "parent telephone", "contact 1 mobile")),
    Field("contact_1_email", "First contact: email", ("contact 1 email", "contact email", "parent email")),
    Field("contact_2", "Second contact: name", ("contact 2", "contact 2 name", "parent 2", "priority 2 contact")),
    Field("contact_2_relation", "Second contact: who they are", ("contact 2 relationship", "contact 2 relation")),
    Field("contact_2_phone", "Second contact: telephone", ("contact 2 phone", "contact 2 telephone",
          "contact 2 mobile")),
    Field("contact_2_email", "Second contact: email", ("contact 2 email",)),
    Field("status", "Whether they left", ("status", "enrolment status", "on roll", "leaver")),
)  # fmt: skip
STAFF: Final = (
    *_NAMES,
    Field("email", "Email", ("email", "e-mail", "email address", "work email", "username", "upn")),
    Field("status", "Whether they left", ("status", "employment status", "leaver")),
)
FIELDS: Final[Mapping[Subject, tuple[Field, ...]]] = {"people": PEOPLE, "staff": STAFF}
NUMBERS: Final = ("upn", "uln", "nhs", "own")
LEFT: Final = frozenset(
    {"left", "leaver", "tobedeleted", "inactive", "former", "off roll", "off-roll", "deleted", "no"}
)

SAME_ID: Final = "Another row above is about the same person, by its number or by name and date of birth."
NO_NAME: Final = "Neither a name nor a number stands in this row. Say who this is."
NOT_OURS: Final = "This row has no name, and nobody here is known by its {}. Give the person's name."
UNKNOWN_FLAG: Final = "“{}” holds something that is not one of this organisation's choices."


def glance(sheet: Sheet) -> Glance:
    """The headings, with the first words of each column."""
    samples = {
        heading: next((row[at] for row in sheet.rows if row[at]), "")[:60] for at, heading in enumerate(sheet.headings)
    }
    return Glance("table", sheet.headings, samples, is_guessed=sheet.guessed_encoding)


def guessed(subject: Subject, headings: tuple[str, ...]) -> dict[str, str]:
    """The likeliest column of each field."""
    return guess(FIELDS[subject], headings)


def read(sheet: Sheet, reading: Reading) -> Roll:
    """Everybody in the table."""
    roll, order = Roll(), reading.order or _order(sheet, reading)
    for number, row in sheet.numbered():
        if any(row.values()):
            said = {field: tidy(row[heading]) for field, heading in reading.columns.items() if heading in row}
            _take(roll, number, said, reading, order)
    return roll


def _order(sheet: Sheet, reading: Reading) -> "fields.DayOrder | None":
    heading = reading.columns.get("born_on")
    if heading not in sheet.headings:
        return None
    at = sheet.headings.index(heading)
    return order_of(row[at] for row in sheet.rows)


def _take(roll: Roll, number: int, row: Mapping[str, str], reading: Reading, order: "fields.DayOrder | None") -> None:
    field = "born_on"
    try:
        said = dict(_said(row, reading, order))
    except Unclear as unclear:
        roll.problems.append(Problem(number, field, str(unclear)))
        _pass_over(roll, row, reading)
        return
    except KeyError:
        roll.problems.append(Problem(number, "flags", UNKNOWN_FLAG.format(row.get("flags", "")[:40])))
        _pass_over(roll, row, reading)
        return
    key = _key(row, said)
    if not key:
        roll.problems.append(Problem(number, "given_name", _missing(row, reading)))
        roll.blind = True
    elif key in roll.keys:
        roll.problems.append(Problem(number, "source_id", SAME_ID))
    else:
        roll.keys.add(key)
        roll.entries.append(Entry(number, key, said, row.get("status", "").lower() in LEFT))


def _pass_over(roll: Roll, row: Mapping[str, str], reading: Reading) -> None:
    """A row that cannot be read says who it is about all the same, by a number: that person is not missing."""
    key = _key(row, {"email": row.get("email", ""), **dict(_numbers(row, reading))})
    roll.keys.add(key)
    roll.blind |= not key


def _missing(row: Mapping[str, str], reading: Reading) -> str:
    """Which words the row lacks: it may hold a number that this kind of organisation keeps of nobody."""
    others = [field.name for field in PEOPLE if field.code in NUMBERS and row.get(field.code)]
    return NOT_OURS.format(" or ".join(others)) if others and reading.subject == "people" else NO_NAME


def _key(row: Mapping[str, str], said: Mapping[str, str]) -> str:
    if row.get("source_id"):
        return row["source_id"][:LONGEST_KEY]
    for name in ("identifiers.upn", "identifiers.own", "identifiers.nhs", "email"):
        if said.get(name):
            return f"{name.rpartition('.')[2]} {said[name].lower()}"[:LONGEST_KEY]
    who = [said.get(name, "").casefold() for name in ("family_name", "given_name", "born_on")]
    return f"who {sha256('|'.join(who).encode()).hexdigest()}" if who[0] or who[1] else ""


def _said(row: Mapping[str, str], reading: Reading, order: "fields.DayOrder | None") -> Iterator[tuple[str, str]]:
    yield from _names(row)
    if reading.subject == "staff":
        yield "email", row.get("email", "")
        return
    yield from ((name, row[name]) for name in ("known_as", "address") if name in row)
    if row.get("former_name"):
        yield f"former_names.{row['former_name']}", row["former_name"]
    if "born_on" in row:
        yield "born_on", fields.day(row["born_on"], order)
    yield from _belonging(row, reading)


def _belonging(row: Mapping[str, str], reading: Reading) -> Iterator[tuple[str, str]]:
    if "group_name" in row:
        yield "group_name", _group(row["group_name"], reading.columns["group_name"])
    yield from _numbers(row, reading)
    yield from fields.flags(row.get("flags", ""), reading.profile)
    for one in ("contact_1", "contact_2"):
        yield from fields.contact(
            row.get(one, ""), relation=row.get(f"{one}_relation", ""), phone=row.get(f"{one}_phone", ""),
            email=row.get(f"{one}_email", ""),
        )  # fmt: skip


def _numbers(row: Mapping[str, str], reading: Reading) -> Iterator[tuple[str, str]]:
    """The numbers by which people of this kind of organisation are known."""
    for kind in NUMBERS:
        if row.get(kind) and kind in reading.profile.person_identifiers:
            yield fields.number(kind, row[kind])


def _group(written: str, heading: str) -> str:
    """As it is written; a number under a heading that says “year” is that year."""
    said = heading.lower()
    return fields.year_group(written) if "year" in said or said == "grades" else written


def _names(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Two columns, or one that is written “Brook, Ana” or “Ana Brook”."""
    given, family = row.get("given_name", ""), row.get("family_name", "")
    whole = row.get("full_name", "")
    if whole and not given and not family:
        before, comma, after = whole.partition(",")
        given, family = (after, before) if comma else (whole.rpartition(" ")[0] or whole, whole.rpartition(" ")[2])
        family = "" if given == family else family
    yield "given_name", tidy(given)
    yield "family_name", tidy(family)
