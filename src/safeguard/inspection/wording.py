"""Fields and values of a record in words: labels as the pages have them, codes as this organisation says them.

Nothing of a record is read but the pack; the words come from the profile, as those of every page do. What stands in a
field is never altered: only codes and times are said in words, and what only a program can use is left to the files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.sheets import said
from safeguard.incidents.chronicle import KINDS as AGES
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, KNOWERS, REFERRALS
from safeguard.incidents.presenting import ASKED, PARENTS
from safeguard.inspection.labels import LABELS
from safeguard.inspection.records import Record, Version
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.report_forms.history import History
from safeguard.web.languages import gettext

_PLACES: Final = {name: place for place, name in enumerate(LABELS)}
ROW: Final = re.compile(r"(people|contacts|answers)\.(\d+)\.(.+)")
ROWS: Final[Mapping[str, str]] = {"people": "Person", "contacts": "Contact", "answers": "Question"}
FOR_PROGRAMS: Final = re.compile(r".*(_id|_ids|_digest)|id")
LATE: Final = re.compile(
    r"(recorded|added|written|judged|planned|started|signed|acknowledged|closed)_(at|by_name)|author_name"
)
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
CODED: Final = frozenset({
    "kind", "state", "stance", "approach", "part", "outcome", "way", "party", "parties", "source", "verdict", "scope",
    "audience", "audiences", "happened_precision", "basis", "channel",
})  # fmt: skip
"""Fields that hold a code of the program's own, which reads as a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field under its label; without a value it was left out."""

    label: str
    value: str | None


@dataclass(frozen=True)
class Wording:
    """The words of one organisation."""

    profile: Profile
    zone: ZoneInfo
    forms: History | None = None
    """With which form each incident was made; None where no record of one is read."""

    def lines(self, record: Record, version: Version) -> tuple[Line, ...]:
        """A version as people read it: what was said first, who wrote it when last."""
        values: dict[str, Any] = dict.fromkeys(version.left_out) | dict(version.values)
        names = [name for name in values if not FOR_PROGRAMS.fullmatch(name.rpartition(".")[2])]
        names.sort(key=lambda name: (bool(LATE.fullmatch(name)), bool(ROW.fullmatch(name)), _place(name), name))
        framework = str(record.values.get("framework") or BUILT_IN)
        told = [(name, self.value(name, values[name], framework)) for name in names]
        out, asked = version.left_out, self.asked(record)
        return tuple(
            Line(asked.get(name) or self.label(name), None if name in out else value)
            for name, value in told
            if value or name in out
        )

    def asked(self, record: Record) -> Mapping[str, str]:
        """Of an incident the questions that fields of it answer, as they were put when it was reported."""
        at, number = record.values.get("recorded_at"), record.values.get("form_version")
        if self.forms is None or record.kind != "incident" or not isinstance(at, str):
            return {}
        labels = self.forms.labels(number if isinstance(number, int) else None, datetime.fromisoformat(at))
        return {field: labels[code] for field, code in ASKED.items() if code in labels}

    def label(self, name: str) -> str:
        """What a field is called."""
        if row := ROW.fullmatch(name):
            return f"{gettext(ROWS[row[1]])} {row[2]}, {self.label(row[3]).lower()}"
        return gettext(LABELS.get(name) or said(name.removesuffix("_name").removesuffix("_at").removesuffix("_on")))

    def value(self, name: str, value: Any, framework: str = BUILT_IN) -> str:
        """What stands in a field."""
        field = name.rpartition(".")[2]
        match value:
            case None:
                return ""
            case bool():
                return gettext("Yes") if value else gettext("No")
            case [str(of), str(code)] if field == "supports":
                return self.control(code, of)
            case list():
                return (", " if field in self._choices or field in CODED else "\n").join(
                    self.value(name, each, framework) for each in value
                )
            case dict():
                pairs = ((inner, self.value(inner, each, framework)) for inner, each in value.items())
                return "\n".join(f"{self.label(inner)}: {each}" for inner, each in pairs if each)
            case str():
                return self._text(field, value, framework, aged=name.startswith("people."))
            case _:
                return str(value)

    def control(self, code: str, framework: str = BUILT_IN) -> str:
        """A control by its name; by its code where the standard is one that only the organisation has."""
        known = framework_of(framework, self.profile)
        control = known.control(code) if known else None
        return f"{code} {control.name}" if control else code

    def place(self, code: str) -> int:
        """Where a control stands in the built-in standard; every other one behind them."""
        known = framework_of(BUILT_IN, self.profile)
        codes = [control.code for control in known.controls] if known else []
        return codes.index(code) if code in codes else len(codes)

    def standard(self, code: str) -> str:
        """What a standard is called."""
        known = framework_of(code, self.profile)
        return known.name if known else code

    def when(self, value: str) -> str:
        """A day or a moment in full, in the organisation's own time; anything else as it is."""
        try:
            if MOMENT.fullmatch(value):
                return minute(datetime.fromisoformat(value), self.zone)
            return day(date.fromisoformat(value)) if DAY.fullmatch(value) else value
        except ValueError:
            return value

    def _text(self, field: str, value: str, framework: str, *, aged: bool) -> str:
        if aged and field == "kind":
            return gettext(AGES.get(value) or said(value))
        if field in {"control", "controls"}:
            return self.control(value, framework)
        if field == "framework":
            return self.standard(value)
        if field in self._choices:
            known = self._choices[field].get(value)
            return known if isinstance(known, str) else str(getattr(known, "name", "")) or said(value)
        return gettext(said(value)) if field in CODED else self.when(value)

    @cached_property
    def _choices(self) -> Mapping[str, Mapping[str, Any]]:
        profile = self.profile
        return {
            "place": profile.places, "device": profile.devices, "platforms": profile.platforms,
            "four_c": profile.areas, "risk_areas": profile.risk_areas, "issue_types": profile.issues,
            "reported_type": profile.reported, "risk": profile.risk_levels, "risk_before": profile.risk_levels,
            "risk_after": profile.risk_levels, "role": profile.person_roles, "connection": profile.connections,
            "result": profile.person_outcomes, "readers": profile.roles, "relation": profile.relations,
            "parents_informed": PARENTS, "contact": {**CONTACTS, **KNOWERS}, "informed": INFORMED,
            "referral": REFERRALS,
        }  # fmt: skip


def _place(name: str) -> tuple[int, int]:
    """Rows of people in their order; of the rest, as the labels stand."""
    row = ROW.fullmatch(name)
    return (int(row[2]), _PLACES.get(row[3], len(_PLACES))) if row else (0, _PLACES.get(name, len(_PLACES)))
