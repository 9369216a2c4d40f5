"""Somebody reads what is published - the page, the PDF, the open data - and tries to work out what was left out."""

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from random import Random

import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.report.annual import begin_annual
from safeguard.helpline.report.composing import write_figures
from safeguard.helpline.report.counted import OF_ADDRESSES, WHOLE
from safeguard.helpline.report.publishing import ask_to_publish, make_annual
from safeguard.helpline.report.theming import code_case, open_theme
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.work import begin
from tests.helpline.report.generating import HELPLINE, PROFILE, add_cases, invent
from tests.helpline.report.test_annual import BEFORE, YEAR, published, slug_of
from tests.helpline.report.test_releasing import could_be
from tests.web.browsing import open_browser

pytestmark = pytest.mark.anyio

TABLES = (*WHOLE, *OF_ADDRESSES, "issue", "platform", "family", "guidance")
TOTALS = ("cases", "addresses")
IN_YEAR = "select id from helpline_cases where state <> 'draft' and received_at >= $1 order by received_at, id"
ENDS = (UrlState.REMOVED, UrlState.REFUSED, UrlState.PASSED_IWF)


def words_of(html: str) -> str:
    shown = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


async def make(supervisor, seed: int) -> None:
    """A year of cases of which many kinds are rare, and what became of their addresses."""
    random = Random(seed)
    made = invent(random, 130, datetime(2024, 1, 2, tzinfo=UTC), 360)
    async with begin(supervisor) as work:
        await add_cases(work, made)
        for number, one in enumerate(made[:24]):
            case = await get_case(work, one.id)
            await list_addresses(
                work, case, f"https://social.example/{number}", random.choice(("x", "tiktok", "snapchat"))
            )
            (url,) = await list_urls_of(work, case.id)
            url = await step_on(work, url, UrlState.REPORTED, one.received_at, "", "", url.version)
            if number % 5:
                await step_on(work, url, random.choice(ENDS), one.received_at, "", "", url.version)
    await published(supervisor, "2024", YEAR)


@dataclass(frozen=True)
class Seen:
    """What a reader has: the words of the page and of the PDF, and the rows of the open data."""

    words: tuple[str, str]
    rows: list[list[str]]

    @property
    def cells(self) -> dict[str, dict[str, int | None]]:
        """Table -> code -> number, None where it is left out; of the tables of single figures none."""
        found: dict[str, dict[str, int | None]] = defaultdict(dict)
        for table, code, _label, number, _percent, left_out in self.rows:
            if table in TABLES and (code or number or left_out == "yes"):
                found[table][code] = None if left_out == "yes" else int(number)
        return found

    @property
    def totals(self) -> dict[str, int]:
        """The figures at the top that families add up to."""
        return {row[1]: int(row[3]) for row in self.rows if row[0] == "top" and row[1] in TOTALS and row[3]}

    def label(self, table: str, code: str) -> str:
        return next(row[2] for row in self.rows if row[:2] == [table, code])


async def read(service, at: str) -> Seen:
    async with open_browser(service) as client:
        page, pdf, table = [await client.get(at + more) for more in ("", "/report.pdf", "/figures.csv")]
    paper = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf.content)).pages)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = [row[2:] for row in csv.reader(io.StringIO(table.content.decode("utf-8-sig")))][1:]
    return Seen((words_of(page.text), " ".join(paper.split())), rows)


@pytest.mark.parametrize("seed", [3, 11])
async def test_nothing_that_is_left_out_of_a_published_report_can_be_worked_out_of_it(
    service, someone, addresses, seed
):
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    await make(supervisor, seed)
    seen = await read(service, f"/help/{await slug_of(addresses, supervisor.organisation_id)}/reports/2024")
    async with begin(supervisor) as work:
        truth = await write_figures(work, PROFILE, HELPLINE, YEAR)
    exact = {(part.code, row.code): row.value for part in truth.parts for row in part.rows}
    hidden = [(table, code) for table, of in seen.cells.items() for code, value in of.items() if value is None]
    assert max(Counter(table for table, _ in hidden).values()) > 3  # else there is little to recover
    for table in {*WHOLE, *OF_ADDRESSES} & seen.cells.keys():
        assert is_safe(seen, table), (table, seen.cells[table])
    for table, code in hidden:
        said = re.compile(rf"{re.escape(seen.label(table, code))} {exact[table, code]}\b(?! ?[%h])")
        assert not any(said.search(words) for words in seen.words), (table, code)


def is_safe(seen: Seen, table: str) -> bool:
    """Whether every cell that is left out of a table that adds up could be something else."""
    cells, total = seen.cells[table], seen.totals.get("addresses" if table in OF_ADDRESSES else "cases")
    left = sum(value is None for value in cells.values())
    if not left or total is None or cells == {"": None}:  # the one row of a table that is left out whole
        return True
    return len(could_be(left, total - sum(value or 0 for value in cells.values()))) > 1


async def test_the_page_the_pdf_and_the_open_data_say_the_same(service, someone, addresses):
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    await make(supervisor, 3)
    seen = await read(service, f"/help/{await slug_of(addresses, supervisor.organisation_id)}/reports/2024")
    shown = [(table, code, value) for table, of in seen.cells.items() for code, value in of.items()
             if value is not None and table not in {"month", "address_platform"}]  # fmt: skip
    assert len(shown) > 20
    for table, code, value in shown:
        said = re.compile(rf"{re.escape(seen.label(table, code))}\W+{value:,}\b")
        assert all(said.search(words) for words in seen.words), (table, code, value)


async def test_a_report_with_an_earlier_year_and_a_theme_beside_it_gives_nothing_away_by_what_they_differ(
    service, someone, addresses
):
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(7), 130, datetime(2023, 1, 2, tzinfo=UTC), 360))
    await published(supervisor, "2023", BEFORE)
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(8), 2, datetime(2023, 3, 1, tzinfo=UTC), 30))  # heard of afterwards
        theme = await open_theme(work, "Intimate images", "Where one was shared.")
    await make(supervisor, 3)
    async with begin(supervisor) as work:
        rows = await work.driver.fetch(IN_YEAR, datetime(2024, 1, 1, tzinfo=UTC))
        for row in rows[:60]:
            case = await get_case(work, row["id"])
            await code_case(work, case, (theme,), case.version)
        annual = await begin_annual(work, "images", "Images", YEAR, theme)
        await ask_to_publish(work, annual, annual.version)
    async with begin(supervisor) as work:
        await make_annual(work, annual.id)
        truth = await write_figures(work, PROFILE, HELPLINE, YEAR)
    at = f"/help/{await slug_of(addresses, supervisor.organisation_id)}/reports"
    whole, part, first = [await read(service, f"{at}/{code}") for code in ("2024", "images", "2023")]
    exact = {(each.code, row.code): row.value for each in truth.parts for row in each.rows}
    assert sum(value is None for of in whole.cells.values() for value in of.values()) > 3
    for seen in (whole, part, first):
        for table in {*WHOLE, *OF_ADDRESSES} & seen.cells.keys():
            assert is_safe(seen, table), (table, seen.cells[table])
    for table, of in whole.cells.items():
        theirs = part.cells.get(table, {})
        for code, value in of.items():
            assert value is None or value == exact.get((table, code), 0) or table == "address_platform", (table, code)
            other = theirs.get(code)
            if value is not None and other is not None:
                assert value - other not in range(1, 5), (table, code)
    assert first.totals["cases"] == 130
    assert "132" not in " ".join(whole.words).split(), "two cases that came later are not seen by the difference"
