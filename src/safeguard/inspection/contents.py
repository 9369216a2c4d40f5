"""What a pack holds, as a reader finds their way in it: every record by a name, under the part that it belongs to.

A case is one line, and its entries and files stand on its page; the rest is listed part by part.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from safeguard.incidents.phrases import REFERRAL_VERBS, VERBS
from safeguard.inspection.kinds import CASES, DUTIES, PARTS, kind_name, order_of, part_of
from safeguard.inspection.records import Record
from safeguard.inspection.wording import Wording
from safeguard.web.languages import gettext

LONGEST: Final = 110
"""Letters of a name in a list."""
DATES: Final = (
    "held_on", "checked_on", "reviewed_on", "done_on", "sent_on", "read_at", "signed_on", "effective_on", "dated_on",
    "joined_on", "since", "took_place_at", "written_at", "judged_at", "planned_at", "signed_at",
)  # fmt: skip
"""When it was, by whichever of these a record has first."""
WRITTEN: Final = ("recorded_at", "attached_at", "added_at", "disposed_at", "created_at")
"""When it was written down, where it says nothing else."""
CALLED: Final = ("title", "words", "what", "name", "note", "summary", "said", "found", "minutes", "statement")
"""What a record is called by, by whichever of these it has first."""
OF: Final = ("event_id", "policy_id", "system_id", "item_id", "duty_id", "review_id", "committee_id")
"""What a record may belong to besides an incident."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record in a list."""

    kind: str
    """What one of its kind is called."""
    title: str = field(repr=False)
    on: str
    """When it was, in words; empty where it does not say."""
    record: Record
    part: str
    withheld: bool = False
    """Whether something in it was left out."""
    under: int = 0
    """How many entries and files stand on its page."""


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a pack and what is in it."""

    code: str
    title: str
    records: tuple[Named, ...]


class Contents:
    """Everything in one pack, by kind and id."""

    def __init__(self, records: Iterable[Record], wording: Wording) -> None:
        self._records: Mapping[tuple[str, str], Record] = {(each.kind, each.id): each for each in records}
        self._by_id: Mapping[str, Record] = {each.id: each for each in self._records.values()}
        self._wording = wording
        self._stories: dict[str, list[Record]] = {}
        for record in self._records.values():
            if case := self._case_of(record):
                self._stories.setdefault(case.id, []).append(record)

    def __len__(self) -> int:
        return len(self._records)

    def find(self, kind: str, record_id: str) -> Named | None:
        """One of them."""
        found = self._records.get((kind, record_id))
        return self._named(found) if found else None

    def groups(self) -> tuple[Group, ...]:
        """Part by part, in the order of the report; what stands on a case's page is not listed besides."""
        held: dict[str, list[Named]] = {}
        for record in self._records.values():
            if self._case_of(record) is None:
                held.setdefault(self._part(record), []).append(self._named(record))
        return tuple(
            Group(code, gettext(PARTS[code]), tuple(sorted(held[code], key=self._place)))
            for code in PARTS
            if code in held
        )

    def holding(self, search: str) -> tuple[Named, ...]:
        """Those in which every word stands, whatever the case."""
        words = search.casefold().split()
        return tuple(named for named in map(self._named, self._records.values()) if _holds(named, words))

    def under(self, record: Record) -> tuple[Named, ...]:
        """The entries and files of an incident, in the order in which they came."""
        return tuple(map(self._named, self._stories.get(record.id, ())))

    def above(self, record: Record) -> Named | None:
        """What a record belongs to, where the pack holds it."""
        found = self._case_of(record) or self._of(record)
        return self._named(found) if found else None

    def _place(self, named: Named) -> tuple[int, int]:
        """Kind by kind; judgements in the order of the standard, the rest in that of the pack."""
        record = named.record
        control = self._wording.place(str(record.values.get("control"))) if record.kind == "rating" else 0
        return order_of(record.kind), control

    def _case_of(self, record: Record) -> Record | None:
        if part_of(record.kind) != CASES or record.kind == "incident":
            return None
        return self._records.get(("incident", str(record.values.get("incident_id"))))

    def _of(self, record: Record) -> Record | None:
        values = record.values
        return next((found for name in OF if (found := self._by_id.get(str(values.get(name))))), None)

    def _part(self, record: Record) -> str:
        part = part_of(record.kind)
        if part == CASES and record.kind != "incident":
            return "regulation_40"
        if record.kind == "duty_report" and (done := self._of(record)):
            return self._part(done)
        return DUTIES.get(str(record.values.get("duty")), part) if part == "duties" else part

    def _named(self, record: Record) -> Named:
        values = record.values
        on = _dated(values) or _dated(self._above(record)) or _first(values, WRITTEN)
        withheld = any(version.left_out for version in record.versions)
        under = len(self._stories.get(record.id, ()))
        title = _cut(self._title(record, values)) or kind_name(record.kind)
        return Named(
            gettext(kind_name(record.kind)), title, self._wording.when(on), record, self._part(record), withheld, under
        )

    def _title(self, record: Record, values: Mapping[str, Any]) -> str:
        if told := TITLES.get(record.kind):
            return told(self._wording, values, _first(self._above(record), CALLED))
        return _first(values, CALLED)

    def _above(self, record: Record) -> Mapping[str, Any]:
        found = self._of(record)
        return found.values if found else {}


def _first(values: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(values[name]) for name in names if values.get(name)), "")


def _dated(values: Mapping[str, Any]) -> str:
    return _first(values, DATES)


def _entry(_wording: Wording, values: Mapping[str, Any], _of: str) -> str:
    verb = REFERRAL_VERBS.get(str(values.get("referral"))) or VERBS.get(str(values.get("kind")), "wrote")
    words = _first(values, ("words", "decision", "follow_up", "reason"))
    return ": ".join(part for part in (f"{values.get('author_name') or ''} {gettext(verb)}".strip(), words) if part)


def _incident(wording: Wording, values: Mapping[str, Any], _of: str) -> str:
    about = wording.value("issue_types", values.get("issue_types") or values.get("four_c") or [])
    return " · ".join(part for part in (str(values.get("reference", "")), about) if part)


def _rating(wording: Wording, values: Mapping[str, Any], _of: str) -> str:
    said = gettext("level %(level)s") % {"level": values.get("level")} if values.get("level") else ""
    return ": ".join(part for part in (wording.control(str(values.get("control", ""))), said) if part)


def _review(wording: Wording, values: Mapping[str, Any], _of: str) -> str:
    return wording.standard(str(values.get("framework", "")))


def _of_something(_wording: Wording, values: Mapping[str, Any], of: str) -> str:
    return ": ".join(part for part in (str(values.get("name") or values.get("sent_to") or ""), of) if part)


def _answers(wording: Wording, values: Mapping[str, Any], _of: str) -> str:
    parts = (wording.value("part", values.get("part", "")), str(values.get("name", "")))
    return ": ".join(part for part in parts if part)


def _checked(wording: Wording, values: Mapping[str, Any], of: str) -> str:
    return ": ".join(part for part in (of or str(values.get("tested", "")), _result(values)) if part)


def _result(values: Mapping[str, Any]) -> str:
    return str(values.get("result", "")).replace("_", " ")


TITLES: Final[Mapping[str, Callable[[Wording, Mapping[str, Any], str], str]]] = {
    "incident": _incident, "entry": _entry, "rating": _rating, "review": _review, "attendance": _of_something,
    "policy_reading": _of_something, "signature": _of_something, "duty_report": _of_something,
    "filter_duty": _answers, "check": _checked,
}  # fmt: skip
"""Kinds that are called by more than one of their fields."""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 2].rsplit(" ", 1)[0] + " …"


def _holds(named: Named, words: Sequence[str]) -> bool:
    whole = f"{named.title}\n{named.record.texts()}".casefold()
    return all(word in whole for word in words)
