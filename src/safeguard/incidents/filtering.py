"""What the list is narrowed to, as it stands in the address: `/incidents?state=closed&risk=high&q=snapchat`."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Final, Protocol, TypeVar, get_args
from urllib.parse import urlencode

from safeguard.incidents.parts import day_parts, year_groups
from safeguard.incidents.queries import Filters, Which
from safeguard.incidents.story import Risk
from safeguard.tenancy.profile import Profile
from safeguard.web.dates import moment, read_day

Word = TypeVar("Word", bound=str)

STATES: Final[tuple[Which, ...]] = get_args(Which)
RISKS: Final[tuple[Risk, ...]] = get_args(Risk)
NAMES = ("state", "risk", "area", "theme", "issue", "platform", "place", "year", "time", "since", "until", "q")
LONGEST = 200


class Named(Protocol):
    """Whatever a profile has a name for."""

    @property
    def name(self) -> str:
        """As people read it."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as the address says them, what they mean, and what could not be read and was left out."""

    typed: Mapping[str, str]
    filters: Filters
    problems: tuple[str, ...] = ()
    active: tuple[str, ...] = field(default=())
    """In words, for the heading of the filters."""

    @property
    def said(self) -> Hashable:
        """All of it, as a key."""
        return tuple(self.typed.items()), self.filters, self.problems, self.active

    def address(self, **more: str) -> str:
        """The list with these filters, and `more`."""
        said = urlencode({name: value for name, value in {**self.typed, **more}.items() if value})
        return f"/incidents?{said}" if said else "/incidents"


def read_filters(query: Mapping[str, Any], profile: Profile, today: date, zone: str) -> Chosen:
    """What a query asks for. A kept link goes on working: what is not understood is left out, and that is said."""
    typed = {name: _text(query.get(name)) for name in NAMES}
    problems: list[str] = []
    state = _one_of(typed, "state", STATES, problems) or "open"
    levels: list[Risk] = [level for level in RISKS if level in profile.risk_levels or level == "unassessed"]
    risk = _one_of(typed, "risk", levels, problems)
    area = _one_of(typed, "area", profile.areas, problems)
    kinds = {name: _one_of(typed, name, known, problems) for name, known in _kinds(profile).items()}
    since, until = _day(typed, "since", today, problems), _day(typed, "until", today, problems)
    filters = Filters(
        state=state,
        risk=risk,
        area=area,
        since=moment(since, time(0), zone) if since else None,
        until=moment(until + timedelta(days=1), time(0), zone) if until else None,
        text=typed["q"],
        **kinds,
    )
    kept = {name: value for name, value in typed.items() if value and not (name == "state" and value == "open")}
    return Chosen(kept, filters, tuple(problems), _said(filters, typed, profile))


def _kinds(profile: Profile) -> Mapping[str, Mapping[str, Named]]:
    return {
        "theme": profile.risk_areas, "issue": profile.issues, "platform": profile.platforms, "place": profile.places,
        "year": year_groups(profile.kind), "time": day_parts(),
    }  # fmt: skip


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable()).strip()[:LONGEST]


def _one_of(typed: dict[str, str], name: str, known: Iterable[Word], problems: list[str]) -> Word | None:
    found = next((one for one in known if one == typed[name]), None)
    if typed[name] and found is None:
        problems.append(f"“{typed[name][:40]}” is not something to filter by, so it was left out.")
        typed[name] = ""
    return found


def _day(typed: dict[str, str], name: str, today: date, problems: list[str]) -> date | None:
    if not typed[name]:
        return None
    try:
        day = read_day(typed[name], today)
        if not 1900 <= day.year <= 2200:
            raise ValueError(day)
    except ValueError:
        problems.append(f"We could not read “{typed[name][:40]}” as a date, so it was left out.")
        typed[name] = ""
        return None
    typed[name] = day.isoformat()
    return day


def _said(filters: Filters, typed: Mapping[str, str], profile: Profile) -> tuple[str, ...]:
    said: list[str] = []
    if filters.state != "open":
        said.append({"closed": "Closed", "all": "Open and closed"}[filters.state])
    if filters.risk:
        level = profile.risk_levels.get(filters.risk)
        said.append(f"{level.name} risk" if level else "Risk not set")
    if filters.area:
        said.append(profile.areas[filters.area].name)
    said += [known[typed[name]].name for name, known in _kinds(profile).items() if typed[name]]
    said += [f"{word} {typed[name]}" for name, word in (("since", "from"), ("until", "until")) if typed[name]]
    if filters.text:
        said.append(f"“{filters.text}”")
    return tuple(said)
