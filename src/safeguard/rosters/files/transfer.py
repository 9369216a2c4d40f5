"""CTF: the Common Transfer File of the Department for Education, which follows a pupil to the next school.

Elements are known by their names alone: versions moved them between groups, and products put namespaces on them. What a
safeguarding record does not need (assessments, attendance, exclusions) is passed over unread. A document that declares
entities is refused before it is parsed.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from safeguard.intake.moments import Unclear
from safeguard.intake.sheets import NotATable
from safeguard.people.details import tidy
from safeguard.rosters.entry import MOST, Entry, Glance, Problem, Reading, Roll
from safeguard.rosters.files import fields

MOST_BYTES: Final = 25_000_000
BROKEN: Final = "This XML file cannot be read. Download it from school to school again, and send it as it is."
DEEP: Final = "This XML file is nested deeper than a Common Transfer File ever is, so it was not read."
NOT_CTF: Final = "This XML file is no Common Transfer File: it names no pupils."
ENTITIES: Final = "This XML file declares entities, which a Common Transfer File never does. It was not opened."
TOO_MANY: Final = f"This file has more than {MOST:,} pupils, which is the most at once."
NO_NAME: Final = "This pupil has no UPN and no name with a date of birth, so nobody can tell who it is."
SAME_ID: Final = "Another pupil above has the same UPN. Keep the one that is right, and send the file again."
MOST_DEEP: Final = 50
"""Elements within elements; a transfer file has about ten."""
_GROUPS: Final = ("NCyearActual", "NCyearLeaving")


def glance(content: bytes) -> Glance:
    """That it is one; raises `NotATable`."""
    pupils = _pupils(content)
    source = next((node for node in _all(pupils[1], "SourceSchool")), None)
    name = _text(source, "SchoolName") if source is not None else ""
    return Glance("ctf", notes=(f"From {name[:120]}.",) if name else (), is_whole=False)


def read(content: bytes, reading: Reading) -> Roll:
    """The pupils; never the whole school. Raises `NotATable`."""
    pupils, _ = _pupils(content)
    if len(pupils) > MOST:
        raise NotATable(TOO_MANY)
    roll = Roll(is_whole=False)
    for number, pupil in enumerate(pupils, start=1):
        _take(roll, number, pupil, reading)
    return roll


def _take(roll: Roll, number: int, pupil: Any, reading: Reading) -> None:
    try:
        said = dict(_said(pupil, reading))
    except Unclear as unclear:
        roll.problems.append(Problem(number, "DOB", str(unclear)))
        return
    key = said.get("identifiers.upn", "") or _other_key(said)
    if not key:
        roll.problems.append(Problem(number, "UPN", NO_NAME))
    elif key in roll.keys:
        roll.problems.append(Problem(number, "UPN", SAME_ID))
    else:
        roll.keys.add(key)
        roll.entries.append(Entry(number, key, said))


def _other_key(said: dict[str, str]) -> str:
    parts = [said.get(name, "") for name in ("family_name", "given_name", "born_on")]
    return "|".join(parts).casefold() if all(parts) else ""


def _said(pupil: Any, reading: Reading) -> Iterator[tuple[str, str]]:
    known = reading.profile.person_identifiers
    yield "given_name", fields.joined([_text(pupil, "Forename"), _text(pupil, "MiddleNames")])
    yield "family_name", tidy(_text(pupil, "Surname"))
    if preferred := tidy(_text(pupil, "PreferredForename")):
        yield "known_as", preferred
    if former := tidy(_text(pupil, "FormerSurname")):
        yield f"former_names.{former}", former
    yield "born_on", fields.day(_text(pupil, "DOB"), reading.order)
    if group := next((said for name in _GROUPS if (said := _text(pupil, name))), ""):
        yield "group_name", fields.year_group(group)
    for kind, name in (("upn", "UPN"), ("uln", "UniqueLearnerNumber"), ("nhs", "NHSNumber")):
        if kind in known and (value := _text(pupil, name)):
            yield fields.number(kind, value)
    yield from _flags(pupil, reading)
    if address := _address(pupil):
        yield "address", address
    for contact in _all(pupil, "Contact"):
        yield from _contact(contact)


def _flags(pupil: Any, reading: Reading) -> Iterator[tuple[str, str]]:
    """In care, and with special educational needs; what else a file knows is for the people who know the child."""
    if "looked_after" in reading.profile.person_flags and _text(pupil, "InCare").lower() in fields.YES:
        yield "flags.looked_after", "yes"
    provision = _text(pupil, "SENprovision") or _text(pupil, "SENstatus")
    if "send" in reading.profile.person_flags and provision.upper() not in ("", "N"):
        yield "flags.send", "yes"


def _address(pupil: Any) -> str:
    """The pupil's own address, one line each; never a contact's."""
    group = next((node for node in pupil if _name(node) in ("Address", "Addresses", "PupilAddress")), None)
    if group is None:
        return ""
    lines = [tidy(node.text or "") for node in group.iter() if len(node) == 0 and not _name(node).endswith("Date")]
    return "\n".join(dict.fromkeys(line for line in lines if line))[:1_000]


def _contact(contact: Any) -> Iterator[tuple[str, str]]:
    name = fields.joined([_text(contact, "Forename"), _text(contact, "Surname")])
    phone = _text(contact, "PhoneNo") or _text(contact, "Phone")
    yield from fields.contact(
        name, relation=_text(contact, "Relationship"), phone=phone, email=_text(contact, "Email"),
        responsible=_text(contact, "Responsibility"),
    )  # fmt: skip


def _pupils(content: bytes) -> tuple[list[Any], Any]:
    if len(content) > MOST_BYTES:
        raise NotATable(TOO_MANY)
    try:
        whole = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as refusal:
        raise NotATable(ENTITIES) from refusal
    except (ParseError, ValueError, LookupError, RecursionError, MemoryError) as fault:
        raise NotATable(BROKEN) from fault
    _refuse_depth(whole)
    found = list(_all(whole, "Pupil"))
    if not found:
        raise NotATable(NOT_CTF)
    return found, whole


def _refuse_depth(whole: Any) -> None:
    """Level by level, so that the depth of a file is never the depth of a stack; raises `NotATable`."""
    level = [whole]
    for _ in range(MOST_DEEP):
        level = [child for node in level for child in node]
        if not level:
            return
    raise NotATable(DEEP)


def _all(node: Any, name: str) -> Iterator[Any]:
    return (one for one in node.iter() if _name(one) == name)


def _text(node: Any, name: str) -> str:
    """What the nearest element of that name says. A pupil's own is looked for outside of their contacts."""
    for child in node:
        if _name(child) == name:
            return (child.text or "").strip()
        if _name(child) not in ("Contacts", "Contact") and (found := _text(child, name)):
            return found
    return ""


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""
