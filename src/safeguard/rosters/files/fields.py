"""From what a file writes to what we compare: names, days, groups, numbers and contacts, each as one flat field."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from safeguard.intake.moments import DayOrder, read_day
from safeguard.people.details import tidy
from safeguard.people.naming import fold
from safeguard.tenancy.profile import Profile

_YEAR: Final = re.compile(r"(?:year|yr|y)?\s*0*(\d{1,2})", re.IGNORECASE)
_NAMED: Final = {
    "r": "Reception", "kg": "Reception", "pk": "Nursery", "n": "Nursery", "n1": "Nursery", "n2": "Nursery",
    "reception": "Reception", "nursery": "Nursery",
}  # fmt: skip
_RELATIONS: Final = {
    "parent": "parent", "mother": "parent", "father": "parent", "mth": "parent", "fth": "parent", "mum": "parent",
    "dad": "parent", "guardian": "carer", "carer": "carer", "step": "carer", "stepparent": "carer", "stp": "carer",
    "foster": "foster_carer", "fostermother": "foster_carer", "fosterfather": "foster_carer", "fos": "foster_carer",
    "relative": "family", "grandparent": "family", "grp": "family", "aunt": "family", "uncle": "family",
    "sibling": "family", "sis": "family", "bro": "family", "rel": "family", "family": "family",
    "social worker": "social_worker", "swr": "social_worker", "doctor": "professional", "dct": "professional",
}  # fmt: skip
YES: Final = frozenset({"y", "yes", "true", "1", "t", "x"})


def year_group(written: str) -> str:
    """“09” and “9” are Year 9, “R” is Reception; anything else as it is written."""
    said = tidy(written)
    if found := _YEAR.fullmatch(said):
        return f"Year {int(found[1])}" if int(found[1]) else "Reception"
    return _NAMED.get(said.lower(), said)


def day(written: str, order: DayOrder | None) -> str:
    """A day as ISO 8601, or nothing for nothing; raises `Unclear` for what could be either of two."""
    return read_day(written, order).isoformat() if written.strip() else ""


def number(kind: str, written: str) -> tuple[str, str]:
    """An identifier as it is kept: without blanks, in capitals."""
    return f"identifiers.{kind}", tidy(written).replace(" ", "").upper()


def flags(written: str, profile: Profile) -> Iterator[tuple[str, str]]:
    """Flags by code or in the organisation's words, with commas between them; raises `KeyError` for one unknown."""
    known = {fold(choice.name): code for code, choice in profile.person_flags.items()}
    known |= {fold(code): code for code in profile.person_flags}
    for part in re.split(r"[,;|]", written):
        if part.strip():
            yield f"flags.{known[fold(part)]}", "yes"


def contact(
    name: str, *, relation: str = "", phone: str = "", email: str = "", responsible: str = ""
) -> Iterator[tuple[str, str]]:
    """Somebody to turn to; nothing for somebody without a name."""
    called = tidy(name)
    key = fold(called)
    if not key:
        return
    yield f"contacts.{key}.name", called
    said = fold(relation)
    code = _RELATIONS.get(said) or _RELATIONS.get(said.replace(" ", "")) or _RELATIONS.get(said.partition(" ")[0])
    yield f"contacts.{key}.relation", code or "other"
    for field, value in (("phone", tidy(phone)), ("email", tidy(email))):
        if value:
            yield f"contacts.{key}.{field}", value
    if responsible.strip().lower() in YES:
        yield f"contacts.{key}.responsibility", "yes"


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, with a blank between."""
    return " ".join(part for part in map(tidy, parts) if part)


def is_day(text: str) -> bool:
    """Whether this is a day that `date.fromisoformat` reads."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
