"""What a pack tells of what was disposed of: in words, and nothing of what was there."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.evidence.packs.chapters import ObjectRef, Told
from safeguard.records.disposed import Telling

AT = datetime(2026, 6, 9, 8, 52, tzinfo=UTC)
CERTIFICATE = {
    "kind": "incident", "reference": "K7Q-3MX", "ground": "period", "rule": "incidents", "years": 25,
    "due_on": "2026-06-01", "asked_by_name": "Ruth Delaney", "asked_on": "2026-06-02", "agreed_by_name": "Morgan Hale",
    "erased.entries": 6, "erased.files": 0, "erased.packs": ["ab" * 32],
}  # fmt: skip


def test_a_disposal_is_told_in_words_with_who_asked_and_who_agreed() -> None:
    told = {ObjectRef("record", UUID(int=1)): [Told(1, AT, "record.disposed", "Morgan Hale", CERTIFICATE)]}
    [section] = Telling(ZoneInfo("Europe/London")).tell(told)
    assert section.sheets[0].rows == (
        (
            "9 June 2026, 09:52", "Incident\nK7Q-3MX",
            "Its period of retention is over\nKept for 25 years\nPeriod over on 1 Jun 2026",
            "Ruth Delaney\nMorgan Hale", "Entries: 6\nEvidence packs: 1",
        ),
    )  # fmt: skip


def test_where_nothing_was_disposed_of_the_part_says_so() -> None:
    [section] = Telling(ZoneInfo("Europe/London")).tell({})
    assert (section.sheets[0].rows, section.sheets[0].empty) == ((), "Nothing yet.")
