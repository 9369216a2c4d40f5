"""What a pack tells of what was disposed of: in words, and nothing of what was there."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, DictLoader

from safeguard.evidence.packs.chapters import ObjectRef, Told
from safeguard.records.certificate import facts_of
from safeguard.records.disposed import Telling
from safeguard.records.queries import Disposal
from safeguard.records.wording import GROUNDS, KINDS
from safeguard.web.templates import environment

LONDON = ZoneInfo("Europe/London")
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


def render(disposal: Disposal) -> str:
    """The page of it, without what stands around every page."""
    pages = environment()
    assert pages.loader
    pages.loader = ChoiceLoader([DictLoader({"layouts/base.html": "{% block main %}{% endblock %}"}), pages.loader])
    return pages.get_template("records/disposal.html").render(
        disposal=disposal, counted=(), grounds=GROUNDS, kinds=KINDS, rule="Incidents", below="/records", all_path="/",
        now=AT, organisation=None, zone=LONDON,
    )  # fmt: skip


def why(changed: dict[str, object]) -> str:
    certificate = {name: value for name, value in (CERTIFICATE | changed).items() if value is not None}
    told = {ObjectRef("record", UUID(int=1)): [Told(1, AT, "record.disposed", "Morgan Hale", certificate)]}
    [section] = Telling(ZoneInfo("Europe/London")).tell(told)
    assert "kept for as long" not in section.says
    return section.sheets[0].rows[0][2]


def test_what_went_before_its_period_was_over_was_not_kept_for_it() -> None:
    early = why({"ground": "mistake", "due_on": "2051-11-23"})
    assert early == "It was recorded by mistake, or twice\nBefore its period was over, which ran until 23 Nov 2051"
    unknown = why({"ground": "transferred", "due_on": None})
    assert unknown.endswith("no copy is kept\nBefore its period was over")
    late = why({"ground": "erasure", "due_on": "2026-06-09"})
    assert late.endswith("Kept for 25 years\nPeriod over on 9 Jun 2026")


def test_the_certificate_and_its_page_say_the_same() -> None:
    fields = {"kind": "incident", "reference": "K7Q-3MX", "years": 25, "asked_at": AT, "done_at": AT, "count": 1}
    blank = dict.fromkeys(Disposal.__struct_fields__) | {"asked_by_name": "Ruth Delaney", "erased_text": "{}"} | fields
    early = Disposal(**blank | {"ground": "mistake", "due_on": date(2051, 11, 23)})
    late = Disposal(**blank | {"ground": "period", "due_on": date(2026, 6, 1)})
    said = [{each["label"]: each["value"] for each in facts_of(one, "Incidents", LONDON)} for one in (early, late)]
    assert (said[0]["Its period ran until"], said[1]["Period over on"]) == ("23 November 2051", "1 June 2026")
    assert "Period over on" not in said[0]
    shown = [render(each) for each in (early, late)]
    assert ("Its period ran until" in shown[0], "Period over" in shown[0]) == (True, False)
    assert ("Its period ran until" in shown[1], "Period over" in shown[1]) == (False, True)


def test_where_nothing_was_disposed_of_the_part_says_so() -> None:
    [section] = Telling(ZoneInfo("Europe/London")).tell({})
    assert (section.sheets[0].rows, section.sheets[0].empty) == ((), "Nothing yet.")
