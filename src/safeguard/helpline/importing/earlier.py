"""Rows of an earlier system as cases: what each would become, or what is wrong with it.

A word that the desk knows becomes its code (a profession, a sector, an issue, a platform, how it came, how it ended);
any other stays as text at the end of the words, so that nothing is lost and nothing is guessed into a figure.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from safeguard.channel.addresses import MOST, read_addresses
from safeguard.helpline.desk import GENDERS, load_desk
from safeguard.helpline.endings import ENDINGS
from safeguard.helpline.taking import Facts
from safeguard.helpline.writing import WORDS_LIMIT
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.importing.reading import OPEN, REST, each_row
from safeguard.intake.importing.use import Reading
from safeguard.intake.moments import Unclear, read_moment
from safeguard.intake.sheets import Sheet
from safeguard.tenancy.profile import Profile

LINE: Final = 200
OUTCOME: Final = 2_000
LINES: Final = ("caller_name", "caller_organisation", "caller_contact")
NO_WORDS: Final = "Nothing says what it was about. Fill this in, or leave the row out."
FUTURE: Final = "This date is after today."
BACKWARDS: Final = "It was closed before it came. Look at both dates."
TOO_LONG: Final = (
    "This is {length:,} characters long, and a case holds {most:,} here. Nothing is cut off unseen: shorten it, or"
    " leave the row out."
)
TOO_MANY: Final = f"These are more than {MOST} addresses. List the others on the case, once it is here."
NO_DAY: Final = "Nothing says when it came. Figures are by date: fill this in, or leave the row out."
LATEST: Final = timedelta(days=1)
CHANNELS: Final = {
    "phone": "phone", "telephone": "phone", "call": "phone", "email": "email", "e-mail": "email", "mail": "email",
    "web": "web", "web form": "web", "website": "web", "online": "web", "form": "web", "shared": "shared",
    "portal": "shared",
}  # fmt: skip


class EarlierCase(NamedTuple):
    """One case as it would be imported."""

    number: int
    original_id: str
    facts: Facts
    channel: str
    received_at: datetime
    ended_at: datetime | None
    outcome: str
    addresses: str
    ending: str = ""
    """How it ended, a code of `endings`, where its outcome is one that the desk counts."""

    @property
    def is_open(self) -> bool:
        """Whether it is not over there."""
        return self.ended_at is None


def read_rows(sheet: Sheet, reading: Reading) -> Iterator[EarlierCase | list[Problem]]:
    """Each row that is not empty: the case, or what is wrong. A row that is there twice is one case."""
    return each_row(sheet, reading, _read)


def _read(number: int, original_id: str, said: Mapping[str, str], reading: Reading) -> EarlierCase | list[Problem]:
    problems: list[Problem] = []
    received = _moment("received", number, said, reading, problems)
    closed = _moment("closed", number, said, reading, problems)
    if not said.get("summary", ""):
        problems.append(Problem(number, "summary", NO_WORDS))
    if received is None and not said.get("received", ""):
        problems.append(Problem(number, "received", NO_DAY))
    if received and closed and closed < received:
        problems.append(Problem(number, "closed", BACKWARDS))
    facts, left = _facts(said, reading.profile)
    channel = _code_of_channel(said, left)
    provenance = f"\n\n{_provenance(said, reading.source, left)}"
    problems += _too_long(number, said, max(0, WORDS_LIMIT - len(provenance)))
    if problems or received is None:
        return problems
    is_open = said.get("status", "").strip().lower() in OPEN and closed is None
    return EarlierCase(
        number, original_id, msgspec.structs.replace(facts, summary=said["summary"] + provenance), channel,
        received, None if is_open else (closed or received), said.get("outcome", ""), said.get("addresses", ""),
        "" if is_open else _find(said.get("outcome", "").strip(), {code: code for code in ENDINGS}),
    )  # fmt: skip


def _too_long(number: int, said: Mapping[str, str], most_words: int) -> Iterator[Problem]:
    """What does not fit whole. Where it came from stands below the words, and takes its share of them."""
    most = {"summary": most_words, "outcome": OUTCOME, **dict.fromkeys(LINES, LINE)}
    for field, limit in most.items():
        if (length := len(said.get(field, ""))) > limit:
            yield Problem(number, field, TOO_LONG.format(length=length, most=limit))
    if len(read_addresses(said.get("addresses", "")).addresses) > MOST:
        yield Problem(number, "addresses", TOO_MANY)


def _moment(
    field: str, number: int, said: Mapping[str, str], reading: Reading, problems: list[Problem]
) -> datetime | None:
    text = said.get(field, "")
    if not text:
        return None
    try:
        at = read_moment(text, reading.order, reading.zone).at
    except Unclear as unclear:
        problems.append(Problem(number, field, str(unclear)))
        return None
    if at > reading.now + LATEST:
        problems.append(Problem(number, field, FUTURE))
        return None
    return at


def _facts(said: Mapping[str, str], profile: Profile) -> tuple[Facts, dict[str, str]]:
    """What the desk has a place for, and what it has none for."""
    desk, left = load_desk(), dict[str, str]()
    caller = _code("caller", said, desk.callers, left)
    sector = _code("sector", said, desk.sectors, left)
    issues = _codes("issues", said, {code: each.name for code, each in profile.issues.items()}, left)
    platforms = _codes("platforms", said, {code: each.name for code, each in profile.platforms.items()}, left)
    gender = _code("gender", said, {code: code for code in GENDERS}, left)
    facts = Facts(
        summary="", caller=caller, sector=sector, issues=issues, platforms=platforms, gender=gender,
        caller_name=said.get("caller_name", ""), caller_organisation=said.get("caller_organisation", ""),
        caller_contact=said.get("caller_contact", ""),
    )  # fmt: skip
    return facts, left


def _code(field: str, said: Mapping[str, str], names: Mapping[str, str], left: dict[str, str]) -> str:
    word = said.get(field, "").strip()
    found = _find(word, names)
    if word and not found:
        left[field] = word
    return found


def _codes(field: str, said: Mapping[str, str], names: Mapping[str, str], left: dict[str, str]) -> tuple[str, ...]:
    """Words parted by semicolons, commas, bars or lines."""
    text = said.get(field, "")
    for mark in (";", "|", "\n"):
        text = text.replace(mark, ",")
    words = [word.strip() for word in text.split(",") if word.strip()]
    if unknown := [word for word in words if not _find(word, names)]:
        left[field] = ", ".join(unknown)
    return tuple(dict.fromkeys(code for word in words if (code := _find(word, names))))


def _find(word: str, names: Mapping[str, str]) -> str:
    """The code of that name, whatever its capitals and blanks."""
    plain = word.lower().replace("_", " ")
    known = {name.lower(): code for code, name in names.items()} | {code.replace("_", " "): code for code in names}
    return known.get(plain, "")


def _code_of_channel(said: Mapping[str, str], left: dict[str, str]) -> str:
    """How it came; empty where nobody says, or in a word that the desk does not know."""
    word = said.get("channel", "").strip()
    found = CHANNELS.get(word.lower(), "")
    if word and not found:
        left["channel"] = word
    return found


def _provenance(said: Mapping[str, str], source: str, left: Mapping[str, str]) -> str:
    parts = [f"Imported from {source}."]
    if said.get("original_id"):
        parts.append(f"Its number there: {said['original_id']}.")
    names = {"caller": "Profession", "sector": "Sector", "issues": "Issues", "platforms": "Platforms",
             "gender": "Gender", "channel": "How it came"}  # fmt: skip
    parts += [f"{names[field]} there: {words}." for field, words in left.items()]
    rest = f"\nAlso there:\n{said[REST]}" if said.get(REST) else ""
    return " ".join(parts) + rest
