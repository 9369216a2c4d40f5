"""A pack's records as a reader finds them: by a name, in words, under what the inspector asks."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeguard.evidence.bodies import load_bodies
from safeguard.evidence.packs.kinds import KINDS
from safeguard.inspection.arranging import shelved, shown, told_of
from safeguard.inspection.contents import Contents
from safeguard.inspection.kinds import IN_REPORT, PARTS
from safeguard.inspection.pack_parts import PARTS as BOUND
from safeguard.inspection.records import Record, Version, parse
from safeguard.inspection.wording import Wording
from safeguard.registers.chapter import Register
from safeguard.tenancy.profiles import profile_of

WORDING = Wording(profile_of("school"), ZoneInfo("Europe/London"))
UNSAID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|\b[a-z]+_[a-z_]+\b|people\.\d")
"""What no page says: an identifier, a code, the name of a field."""


def numbered(number: int) -> str:
    return str(UUID(int=number))


def record(kind: str, number: int, *versions: Mapping[str, Any], left_out: tuple[str, ...] = ()) -> Record:
    told = (Version(place, dict(values), frozenset(left_out)) for place, values in enumerate(versions, start=1))
    return Record(kind, numbered(number), tuple(told))


INCIDENT = record("incident", 1, {
    "reference": "K7Q-3MX", "issue_types": ["impersonation"], "platforms": ["tiktok"], "risk": "high",
    "recorded_at": "2026-07-03T10:02:00.000000Z", "people.1.role": "affected", "people.1.kind": "child",
    "people.1.person_id": numbered(99), "place": "online_only", "parents_informed": "not_yet", "lead_told": True,
}, left_out=("people.1.name", "narrative"))  # fmt: skip
ENTRY = record(
    "entry", 2, {"incident_id": numbered(1), "kind": "decision", "words": "No referral.", "author_name": "Pat Thorne"}
)
POLICY = record("policy", 3, {"title": "Online safety policy", "readers": ["lead"], "effective_on": "2026-09-11"})
READ = record("policy_reading", 4, {"policy_id": numbered(3), "name": "Pat Thorne", "read_at": "2026-09-12T09:00:00Z"})
RATING = record("rating", 5, {"control": "M6", "level": 3, "review_id": numbered(6)})
PROOF = record("proof", 7, {"title": "Minutes", "supports": [["pies", "M2"], ["pies", "S7"]]})
LATER = record("rating", 8, {"control": "M1", "level": 2})
NOTIFIED = record("entry", 9, {"incident_id": numbered(50), "kind": "contact", "contact": "regulator"})
ALL = (INCIDENT, ENTRY, POLICY, READ, RATING, PROOF, LATER, NOTIFIED)


def test_every_record_has_a_name_and_every_line_says_what_people_say() -> None:
    contents = Contents(ALL, WORDING)
    for each in contents.holding(""):
        said = [each.title, each.kind, each.on]
        for line in WORDING.lines(each.record, each.record.versions[-1]):
            said += [line.label, line.value or ""]
        assert all(said[:2]), each
        assert not UNSAID.search("\n".join(said)), said
    lines = {line.label: line.value for line in WORDING.lines(INCIDENT, INCIDENT.versions[0])}
    assert lines["Person 1, part in it"] == "Affected"
    assert lines["Person 1, name"] is None
    assert lines["What happened"] is None
    assert lines["Told in person"] == "Yes"
    assert lines["Recorded on"] == "3 July 2026, 11:02"
    assert not [label for label in lines if "id" in label.split()]


def test_a_case_holds_its_entries_and_the_rest_stands_part_by_part() -> None:
    contents = Contents(ALL, WORDING)
    groups = {group.code: [each.record for each in group.records] for group in contents.groups()}
    assert groups == {
        "cases": [INCIDENT], "review": [LATER, RATING, PROOF], "policies": [POLICY, READ], "regulation_40": [NOTIFIED],
    }  # fmt: skip
    assert [each.title for each in contents.under(INCIDENT)] == ["Pat Thorne decided: No referral."]
    assert (contents.above(ENTRY), contents.above(READ)) == (
        contents.find("incident", numbered(1)), contents.find("policy", numbered(3)),
    )  # fmt: skip
    assert [each.title for each in contents.holding("thorne online")] == ["Pat Thorne: Online safety policy"]
    assert contents.holding("thorne nobody") == ()


@pytest.mark.parametrize("code", sorted(load_bodies()))
def test_what_a_pack_holds_stands_under_the_inspectors_own_headings(code: str) -> None:
    body, groups = load_bodies()[code], Contents(ALL, WORDING).groups()
    shelves = shelved(body, groups)
    assert [shelf.title for shelf in shelves][: len(body.headings)] == [heading.title for heading in body.headings]
    assert {group.code for shelf in shelves for group in shelf.groups} == {group.code for group in groups}
    for heading in body.headings:
        assert {*(part for part, _ in told_of(heading)), *IN_REPORT} >= set(heading.shows), heading
    assert shown(groups, "no such part") == ()


def test_every_part_of_every_pack_has_a_name() -> None:
    assert {part for kind in KINDS.values() for part in kind.parts} <= PARTS.keys()
    for code, part in BOUND.items():
        for kind in part.kinds if isinstance(part, Register) else ():
            [group] = Contents([record(kind, 1, {"words": "Something."})], WORDING).groups()
            assert group.code == code, kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["2026-02-31", "2026-02-28"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["risk", "place", "platforms", "supports", "people.1.kind", "answers.2.said", "read_at", "control", "words", "x_id"]
)
KIND = st.sampled_from(["incident", "entry", "rating", "proof", "duty", "something_new"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=KIND, values=st.dictionaries(NAMES, JSON, max_size=6), left_out=st.frozensets(NAMES, max_size=2))
def test_whatever_stands_in_a_record_can_be_read(kind: str, values: dict[str, Any], left_out: frozenset[str]) -> None:
    fields: dict[str, Any] = {name: {"value": json.dumps(value)} for name, value in values.items()}
    fields |= {name: {"digest": "…"} for name in left_out}
    raw = {"kind": kind, "id": numbered(1), "versions": [{"version": 1, "fields": fields}]}
    one = parse(json.dumps(raw).encode())
    assert one.versions[0].left_out == left_out
    [group] = Contents([one], WORDING).groups()
    assert group.records[0].title
    labels = {line.label for line in WORDING.lines(one, one.versions[0]) if line.value is None}
    assert len(labels) == len(left_out - {"x_id"})
