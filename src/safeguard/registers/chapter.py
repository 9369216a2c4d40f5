"""What this room puts into evidence packs: its registers, told from what was committed to the log.

Every row of a register is an object of the log. A pack takes all of a kind, and tells of each what stands after its
last version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from safeguard.access.policy import Permission
from safeguard.evidence.packs.chapters import ObjectRef, Part, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.packs.withholding import MARK
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Fact, Section, Sheet
from safeguard.evidence.report.sheets import Column, DayColumn, Sheets, Values, listed, merged, said
from safeguard.registers.home.following import REVIEW, VISIT
from safeguard.registers.home.part import Notifications, Reports
from safeguard.work import Work

Rows: TypeAlias = Mapping[str, Sequence[tuple[ObjectRef, Values]]]
"""By kind of object: each with what stands after its last version."""

ALL: Final = """
select distinct d.kind, d.id from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = any($1)
order by d.kind, d.id
"""

DAYS: Final = ("held_on", "checked_on", "reviewed_on", "since", "joined_on", "changed_on")
"""Of which day a record is, by whichever of these it has."""
WAS: Final[Mapping[str, str]] = {
    "learning": "Event", "block": "What is blocked", "check": "Check", "filter_review": "Review", "seat": "Member",
    "meeting": "Meeting", "voice": "What they said", "impact": "Change",
}  # fmt: skip
"""What can be struck out, by the kind of its object in the log."""


@dataclass(frozen=True, slots=True)
class Register:
    """One register as a part of packs."""

    kinds: tuple[str, ...]
    """The kinds of its objects in the log."""
    tell: Callable[[Rows, Sheets], Section]
    always: bool = True
    """Whether an empty one is told too: what every organisation has to keep is missed where it stands empty."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen: all of it goes into the pack."""
        require_to_ask(work, Permission.REGISTER_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Every object of its kinds, in the order in which they were made."""
        work.require(Permission.REGISTER_READ)
        return [ObjectRef(row["kind"], row["id"]) for row in await work.driver.fetch(ALL, list(self.kinds))]

    async def telling(self, work: Work) -> PartTelling:
        """In words of its own, and in the organisation's time."""
        return _Telling(self, Sheets((await get_organisation(work)).zone))


@dataclass(frozen=True, slots=True)
class _Telling:
    register: Register
    sheet: Sheets

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        rows: dict[str, list[tuple[ObjectRef, Values]]] = {kind: [] for kind in self.register.kinds}
        for ref, versions in told.items():
            rows[ref.kind].append((ref, merged(versions)))
        section = self.register.tell(rows, self.sheet)
        return [section] if self.register.always or any(each.rows for each in section.sheets) else []


def _policies(rows: Rows, sheet: Sheets) -> Section:
    policies = {str(ref.id): values for ref, values in rows["policy"] if "policy" not in values}
    files = [{**values, "policy_id": values["policy"]} for _, values in rows["policy"] if "policy" in values]
    read = [_of(policies, values) for _, values in rows["policy_reading"]]
    signed = [_of(policies, values) for _, values in rows["signature"]]
    return Section("policies", "Policies, and who has read them", sheets=(
        sheet("In force and withdrawn", (
            Column("Title", "title", wide=True), Column("Kind", "kind", said), Column("Edition", "number"),
            DayColumn("In force from", "effective_on"), DayColumn("To be read by", "read_by"),
            DayColumn("Review due", "renew_on"), DayColumn("Withdrawn", "withdrawn_at"),
        ), policies.values(), "No policy is published here."),
        *([sheet("Their files", (
            Column("Policy", "of", wide=True), Column("Edition", "edition"), Column("File", "name", wide=True),
            Column("Bytes", "size"), Column("SHA-256", "sha256", wide=True),
        ), [_of(policies, values) for values in files])] if files else ()),
        sheet("Read receipts", (
            Column("Policy", "of", wide=True), Column("Edition", "edition"), Column("Who", "name"),
            DayColumn("Read on", "read_at"),
        ), read, "Nobody has confirmed yet that they have read one."),
        sheet("Signed agreements", (
            Column("Agreement", "of", wide=True), Column("Edition", "edition"), Column("Who", "name", wide=True),
            Column("For", "for_name"), DayColumn("Signed on", "signed_on"),
            DayColumn("Holds until", "expires_on"), DayColumn("Ended", "ended_at"),
        ), signed, "No agreement is signed here."),
    ))  # fmt: skip


def _training(rows: Rows, sheet: Sheets) -> Section:
    events = {str(ref.id): values for ref, values in rows["learning"]}
    standing = [
        values for _, values in rows["attendance"]
        if not values.get("ended_at") and _stands(events.get(str(values.get("event_id")), {}))
    ]  # fmt: skip
    present = [{**values, **_event(events, values)} for values in standing]
    return Section("training", "Training register", sheets=(
        sheet("What was learnt", (
            Column("Event", "title", wide=True), DayColumn("Held on", "held_on"),
            Column("For", "audiences", listed), Column("By", "provider"), Column("Reached", "headcount"),
        ), filter(_stands, events.values()), "No training is recorded."),
        sheet("Who was there", (
            Column("Who", "name"), Column("Event", "of", wide=True), DayColumn("On", "held_on"),
            Column("Outcome", "outcome", said), DayColumn("Holds until", "expires_on"),
        ), sorted(present, key=lambda row: (str(row.get("name", "")).casefold(), str(row.get("held_on", "")))),
            "Nobody's training is recorded."),
        *_struck(rows, sheet),
    ))  # fmt: skip


def _filtering(rows: Rows, sheet: Sheets) -> Section:
    systems = {str(ref.id): values for ref, values in rows["filter"]}
    checks = [{**values, "system": systems.get(str(values.get("system_id")), {}).get("name", "All of it")}
              for values in _values(rows, "check")]  # fmt: skip
    duties = [Fact(said(values.get("part", "")), str(values.get("name", ""))) for _, values in rows["filter_duty"]]
    return Section("filtering", "Filtering and monitoring register", facts=tuple(duties), sheets=(
        sheet("What filters and monitors", (
            Column("Name", "name"), Column("Kind", "kind", said), Column("Approach", "approach", said),
            Column("Covers", "covers", wide=True), Column("By", "provider"), DayColumn("Ended", "ended_on"),
        ), systems.values(), "Nothing is recorded that filters or monitors."),
        sheet("What is blocked, and why", (
            Column("What", "what", wide=True), Column("Why", "why", wide=True), Column("For", "applies_to"),
            DayColumn("Since", "since"), DayColumn("Until", "ended_on"),
        ), _values(rows, "block"), "No block is recorded."),
        sheet("Checks", (
            DayColumn("On", "checked_on"), Column("By", "checked_by"), Column("System", "system"),
            Column("Device", "device"), Column("As whom", "user_group"), Column("Tried", "tested", wide=True),
            Column("Result", "result", said), Column("Done about it", "done", wide=True),
        ), sorted(checks, key=lambda row: str(row.get("checked_on", "")), reverse=True), "No check is recorded."),
        sheet("Reviews", (
            DayColumn("On", "reviewed_on"), DayColumn("Next due", "due_on"),
            Column("Took part", "took_part", wide=True), Column("Found", "found", wide=True),
            Column("Changed", "changes", wide=True),
        ), _values(rows, "filter_review"), "No review is recorded."),
        *_struck(rows, sheet),
    ))  # fmt: skip


def _duties(rows: Rows, sheet: Sheets) -> Section:
    told = [values for values in _values(rows, "duty") if values.get("duty") not in (VISIT, REVIEW)]
    done = sorted(told, key=lambda row: str(row.get("done_on", "")), reverse=True)
    return Section("duties", "Visits and reviews that come round again", sheets=(
        sheet("Each time", (
            Column("What", "duty", said), DayColumn("On", "done_on"), Column("By", "done_by"),
            Column("Report", "kept_at", wide=True), Column("Note", "note", wide=True),
            DayColumn("Struck out", "struck_on"), Column("Because", "struck_reason"),
        ), done, "None is recorded."),
    ))  # fmt: skip


def _committee(rows: Rows, sheet: Sheets) -> Section:
    standing = [values for _, values in rows["committee"]]
    facts = tuple(Fact(str(values.get("name", "")), str(values.get("remit", ""))) for values in standing)
    return Section("committee", "Committee", facts=facts, sheets=(
        sheet("Who sits in it", (
            Column("Name", "name"), Column("Part", "part", wide=True), DayColumn("Since", "joined_on"),
            DayColumn("Until", "left_on"),
        ), _values(rows, "seat"), "Nobody sits in it."),
        sheet("Meetings", (
            DayColumn("On", "held_on"), Column("Present", "present", wide=True),
            Column("Minutes", "minutes", wide=True),
        ), _values(rows, "meeting"), "No meeting is recorded."),
        *_struck(rows, sheet),
    ))  # fmt: skip


def _voice(rows: Rows, sheet: Sheets) -> Section:
    return Section("voice", "What they say themselves, and what changes have done", sheets=(
        sheet("What they said", (
            DayColumn("On", "held_on"), Column("How", "way", said), Column("About", "title", wide=True),
            Column("Voices", "voices"), Column("Said", "said", wide=True), Column("Done", "done", wide=True),
        ), _values(rows, "voice"), "Nobody has been asked yet."),
        sheet("Changes, and whether they helped", (
            DayColumn("Changed on", "changed_on"), Column("What", "title", wide=True),
            Column("Expected", "expected", wide=True), Column("Judged", "verdict", said),
            Column("Why", "words", wide=True),
        ), _values(rows, "impact"), "No change is looked at."),
        *_struck(rows, sheet),
    ))  # fmt: skip


def _event(events: Mapping[str, Values], values: Values) -> dict[str, Any]:
    known = events.get(str(values.get("event_id")), {})
    return {"of": str(known.get("title", "")), "held_on": known.get("held_on")}


def _values(rows: Rows, kind: str) -> list[Values]:
    return [values for _, values in rows[kind] if _stands(values)]


def _stands(values: Values) -> bool:
    """Whether it was not struck out; of a duty that was, all is told."""
    return MARK not in values


def _struck(rows: Rows, sheet: Sheets) -> tuple[Sheet, ...]:
    """That something was recorded by mistake and struck out: of which day, when, by whom and why, and not what."""
    gone = [
        {**values, "was": WAS[kind], "of": _first_of(values)}
        for kind, each in rows.items() for _, values in each if kind in WAS and not _stands(values)
    ]  # fmt: skip
    columns = (
        Column("What", "was"), DayColumn("Of", "of"), DayColumn("Struck out", "struck_on"),
        Column("By", "struck_by_name"), Column("Because", "struck_reason", wide=True),
    )  # fmt: skip
    return (sheet("Recorded by mistake, and struck out", columns, gone),) if gone else ()


def _first_of(values: Values) -> object:
    return next((values[name] for name in DAYS if values.get(name)), None)


def _of(policies: Mapping[str, Values], values: Values) -> dict[str, Any]:
    return {**values, "of": _title(policies, values.get("policy_id"))}


def _title(named: Mapping[str, Values], identifier: Any) -> str:
    return str(named.get(str(identifier), {}).get("title", ""))


PARTS: Final[Mapping[str, Part]] = {
    "policies": Register(("policy", "policy_reading", "signature"), _policies),
    "training": Register(("learning", "attendance"), _training),
    "filtering": Register(("filter", "block", "check", "filter_duty", "filter_review"), _filtering),
    "committee": Register(("committee", "seat", "meeting"), _committee),
    "duties": Register(("duty",), _duties, always=False),
    "voice": Register(("voice", "impact"), _voice),
    "regulation_40": Notifications(),
    "regulation_44": Reports(VISIT),
    "regulation_45": Reports(REVIEW),
}
"""The registers by the codes that packs name them by."""
