"""The report: what it holds, that nothing typed acts in it, and that it is the same each time."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from safeguard.evidence.packs.counting import Tally
from safeguard.evidence.report import setting
from safeguard.evidence.report.fonts import covered, font_folder
from safeguard.evidence.report.model import (
    Action,
    Case,
    Change,
    Decision,
    Document,
    Fact,
    Look,
    Mark,
    Moment,
    Passage,
    Person,
    Proof,
    Section,
    Sheet,
)
from safeguard.evidence.report.picture import month_columns, story_line
from safeguard.evidence.report.setting import set_report
from safeguard.evidence.report.visible import visible
from safeguard.evidence.report.wording import as_data

MORNING = datetime(2026, 11, 9, 8, 52, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PROOF = Proof("safeguard.example/t/0123abcd/1", 12, 12, "56ab 12cd 9e0f 4412", "vkey", "complete")
CASE = Case(
    "K7Q-3MX", "Account impersonating a teacher", "Recorded on 9 November 2026.", "Closed", "high", "High", MORNING,
    facts=(Fact("Place", "Online only"),),
    account=(Passage("What happened", "An account in a colleague's name.\n\nIt has four videos."),),
    people=(Person("Alison Harper", "Affected", "Member of staff"), Person("Tom Whitfield", "Witness", "", True)),
    moments=(
        Moment(MORNING, Mark.WORDS, "Recorded", "Priya Nair", is_turning_point=True),
        Moment(MORNING + timedelta(days=1), Mark.CHANGE, "Corrected", "Priya Nair",
               changes=(Change("What happened", "14 videos", "4 videos"),)),
        Moment(MORNING + timedelta(days=9), Mark.DECISION, "Closed", "Ruth Delaney", is_turning_point=True),
    ),
    decisions=(Decision(MORNING, "Report it to the platform.", "It acts faster on impersonation.", "Ruth Delaney"),),
    actions=(Action("Assembly for Year 9", "Sam Osei", date(2026, 11, 19), None),),
    outcome=(Passage("Outcome", "Account removed."),),
    looks=(Look(41, MORNING, "Ruth Delaney", "lead", "An incident was read"),),
)  # fmt: skip
DOCUMENT = Document(
    "incident", "Incident K7Q-3MX", "Alder School", datetime(2026, 11, 22, 10, 2, tzinfo=UTC), "Europe/London",
    "6f0c1c1e-0000-4000-8000-0000000000ff", "0.1.0", PROOF, (CASE,),
)  # fmt: skip


def set_it(document: Document, folder: Path, name: str = "report") -> bytes:
    """The bytes of the PDF."""
    target = folder / f"{name}.pdf"
    set_report(document, target)
    return target.read_bytes()


def words_of(pdf: bytes) -> str:
    """All text of the document, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_report_tells_the_whole_story(tmp_path: Path) -> None:
    said = words_of(set_it(DOCUMENT, tmp_path))
    for expected in (
        "Alder School", "Incident K7Q-3MX", "How to check that nothing was altered", "56ab 12cd 9e0f 4412", "Complete",
        "An account in a colleague's name.", "Tom Whitfield", "taken out by a correction", "14 videos", "4 videos",
        "Report it to the platform.", "It acts faster on impersonation.", "Assembly for Year 9", "Account removed.",
        "An incident was read", "22 November 2026, 10:02", "Page 1 of",
    ):  # fmt: skip
        assert expected in said.replace("’", "'"), expected


def test_the_report_is_an_archive_document_that_can_be_read_aloud(tmp_path: Path) -> None:
    pdf = set_it(DOCUMENT, tmp_path)
    reader: Any = PdfReader(BytesIO(pdf))
    about = reader.root_object["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in about
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "en-GB"
    assert reader.metadata and reader.metadata.title == "Incident K7Q-3MX – Alder School"


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    assert set_it(DOCUMENT, tmp_path, "one") == set_it(DOCUMENT, tmp_path, "two")


MARKUP = [
    "#let x = 1", "*not bold*", "_not slanted_", "$x^2$", "@label <label>", "= No heading", "{{7*7}}", "`code`",
    "// no",
    "<script>alert(1)</script>", "\\u{41}", "#read(\"shared.typ\")", "~--- ...", "[brackets]", "https://example.org/a",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_what_people_typed_is_only_letters(tmp_path: Path, text: str) -> None:
    typed = replace(CASE, title=text, people=(Person(text, text, text),), account=(Passage("What happened", text),))
    said = words_of(set_it(replace(DOCUMENT, cases=(typed,)), tmp_path))
    assert said.count(text) >= 3, said[:2000]


@pytest.mark.parametrize(
    "text",
    ["x" * 3000, "👩‍👧‍👦😢🏴󠁧󠁢󠁷󠁬󠁳󠁿", "مرحبا بكم", "שלום", "Łukasz Ødegård Ștefan", "Зоя", "中文", "ไทย", "\x00\x07\x1b",
     "\u202egnirts",
     "a" + "\u0301" * 80, "\ud800", "\ufdd0\uffff", "", " ", "\n\n\n", "नमस्ते", "𝔘𝔫𝔦", "\ue000", "\U000e0041"],
)  # fmt: skip
def test_any_text_can_be_printed(tmp_path: Path, text: str) -> None:
    typed = replace(
        CASE, title=text, lead=text, people=(Person(text, text, text),), account=(Passage(text, text),),
        moments=(Moment(MORNING, Mark.WORDS, text, text, (Passage(text, text),), (Change(text, text, text),)),),
        decisions=(Decision(MORNING, text, text, text),), actions=(Action(text, text, None, MORNING, text),),
        looks=(Look(1, MORNING, text, text, text),),
    )  # fmt: skip
    assert set_it(replace(DOCUMENT, title=text or "x", organisation=text or "x", cases=(typed,)), tmp_path)


def test_what_cannot_be_shown_is_shown_by_number() -> None:
    assert visible("中 a\u202eb \x00") == "[U+4E2D] a[U+202E]b [U+0000]"
    assert visible("Łukasz, مرحبا, שלום, Зоя, 😢") == "Łukasz, مرحبا, שלום, Зоя, 😢"


def test_a_long_name_is_broken_after_its_hyphens_and_not_inside_its_parts() -> None:
    assert visible("Featherstonehaugh-Cholmondeley, Jo") == "Featherstonehaugh-\u200bCholmondeley, Jo"
    assert visible("a-" + "b" * 25) == "a-\u200b" + "\u200b".join(("b" * 8, "b" * 8, "b" * 8, "b"))


def test_the_fonts_have_what_our_own_words_need() -> None:
    known = covered(font_folder())
    assert all(ord(letter) in known for letter in "“”‘’–—…•£€éŵŷŴŶáïô")


def test_a_period_has_its_figures_its_list_and_its_picture(tmp_path: Path) -> None:
    cases = tuple(
        replace(CASE, reference=f"K7Q-3M{letter}", began=MORNING - timedelta(days=40 * number))
        for number, letter in enumerate("CFGH")
    )
    said = words_of(
        set_it(
            replace(
                DOCUMENT, kind="period", title="Autumn", cases=cases, period=(date(2026, 6, 1), date(2026, 11, 22))
            ),
            tmp_path,
        )
    )
    assert "4 incidents were recorded in 175 days. November 2026 is counted in part." in said
    for letter in "CFGH":
        assert said.count(f"K7Q-3M{letter}") >= 2


def test_a_period_without_incidents_says_so(tmp_path: Path) -> None:
    empty = replace(DOCUMENT, kind="period", cases=(), period=(date(2026, 6, 1), date(2026, 6, 30)))
    said = words_of(set_it(empty, tmp_path))
    assert "No incident was recorded in this period." in said
    assert "Contents" not in said


def test_a_period_of_one_month_counts_no_months_and_says_what_is_gone_of_it(tmp_path: Path) -> None:
    gone = Section("disposals", "What was disposed of", "Two people agreed.", sheets=(
        Sheet("", ("What", "Why"), (("Incident K7Q-3MX", "It was recorded by mistake, or twice"),)),
    ))  # fmt: skip
    short = replace(DOCUMENT, kind="period", period=(date(2026, 11, 20), date(2026, 11, 23)), sections=(gone,))
    said = words_of(set_it(short, tmp_path))
    assert "1 incident was recorded in this period. 1 record was disposed of since 20 November 2026" in said
    assert "a month" not in said
    assert "What was disposed of Two people agreed." in said
    assert "recorded by mistake, or twice" in said


def test_the_most_are_named_only_where_one_month_had_more_than_any_other() -> None:
    spread = tuple(replace(CASE, began=MORNING - timedelta(days=days)) for days in (0, 40))
    span = replace(DOCUMENT, kind="period", cases=spread, period=(date(2026, 9, 1), date(2026, 11, 30)))
    assert as_data(span)["says"] == "2 incidents were recorded in 3 months, 0.7 a month."
    more = replace(span, cases=(*spread, spread[0]))
    assert as_data(more)["says"].endswith("1.0 a month. The most were in November 2026: 2.")


def test_months_that_are_counted_in_part_have_no_rate_and_are_outlined() -> None:
    span = replace(DOCUMENT, kind="period", period=(date(2026, 8, 25), date(2026, 11, 23)))
    said = as_data(span)
    assert said["says"].startswith("1 incident was recorded in 91 days. August 2026 and November 2026 are counted")
    assert "a month" not in said["says"]
    assert said["picture"].count('fill="#ffffff"') == 2
    whole = as_data(replace(span, period=(date(2026, 9, 1), date(2026, 11, 30))))
    assert (whole["picture"].count('fill="#ffffff"'), "0.3 a month" in whole["says"]) == (0, True)


def test_every_column_of_what_is_counted_has_a_heading() -> None:
    sections = Tally(MORNING, MORNING + timedelta(days=1)).sections()
    assert [sheet.caption for section in sections for sheet in section.sheets if not all(sheet.head)] == []


def test_pictures_stand_however_few_or_many_things_they_show() -> None:
    for number in (0, 1, 2, 60):
        moments = [replace(CASE.moments[0], at=MORNING + timedelta(hours=hour)) for hour in range(number)]
        assert story_line(moments, LONDON).count("<circle") == number
    assert month_columns([]).startswith("<svg")
    assert month_columns([(date(2026, 1, 1), 0)]).count("<rect") == 1


def test_a_picture_shows_nothing_that_was_typed_and_no_time_that_nobody_gave() -> None:
    named = Moment(MORNING, Mark.DECISION, "Outcome: Tom Whitfield", "", is_turning_point=True, drawn="Outcome")
    untimed = replace(named, what="Happened", drawn="", is_timed=False)
    drawn = story_line([untimed, named], LONDON)
    assert "Whitfield" not in drawn
    assert "9 Nov 2026</tspan> Happened" in drawn
    assert "08:52</tspan> Outcome" in drawn


def test_the_end_of_a_page_cuts_no_row(tmp_path: Path) -> None:
    lines = "several words of what was done, to be set on several lines"
    actions = [
        Action(f"begin{number}", "Sam Osei", None, MORNING, f"{lines} {lines} end{number}") for number in range(40)
    ]
    document = replace(DOCUMENT, cases=(replace(CASE, actions=tuple(actions)),))
    texts = [set(page.extract_text().split()) for page in PdfReader(BytesIO(set_it(document, tmp_path))).pages]
    for number in range(40):
        assert any({f"begin{number}", f"end{number}"} <= words for words in texts), number


def test_many_stories_stand_in_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting, "PER_VOLUME", 3)
    cases = tuple(replace(CASE, reference=f"K7Q-3M{letter}") for letter in "CFGHJKM")
    many = replace(DOCUMENT, kind="period", title="Autumn", cases=cases, period=(date(2026, 11, 1), date(2026, 11, 22)))
    written = setting.Written()
    files = setting.set_reports(many, tmp_path, written)
    assert (written.done, written.of) == (4, 4)
    assert [file.name for file in files] == ["report.pdf", "report-01.pdf", "report-02.pdf", "report-03.pdf"]
    front, *volumes = [words_of(file.read_bytes()) for file in files]
    assert all(case.reference in front for case in cases)
    assert "An account in a colleague" not in front
    assert "volume 3 of 3" in volumes[2].lower()
    for number, case in enumerate(cases):
        assert f"Incident {case.reference}" in volumes[number // 3]


def test_no_page_holds_a_single_row_of_a_table_and_each_repeats_its_head(tmp_path: Path) -> None:
    def told(many: int) -> Case:
        """A story that so many read, each under a name of theirs alone."""
        looks = (Look(number, MORNING, f"Reader{many}x{number}", "lead", "Read") for number in range(many))
        return replace(CASE, reference=f"K7Q-{many:03}", looks=tuple(looks))

    cases = tuple(told(many) for many in range(2, 130, 3))
    document = replace(DOCUMENT, kind="period", cases=cases, period=(date(2026, 11, 1), date(2026, 11, 22)))
    held: dict[int, list[int]] = defaultdict(list)
    for page in PdfReader(BytesIO(set_it(document, tmp_path))).pages:
        text = page.extract_text()
        rows = Counter(int(many) for many in re.findall(r"\bReader(\d+)x\d+\b", text))
        assert len(re.findall(r"Entry\s+When\s+Who\s+Role", text)) >= len(rows)
        for many, number in rows.items():
            held[many].append(number)
    assert {many: sum(numbers) for many, numbers in held.items()} == {many: many for many in range(2, 130, 3)}
    assert {many: numbers for many, numbers in held.items() if 1 in numbers} == {}
    assert max(map(len, held.values())) == 3
