"""The figures of a published report as a table for machines, and the dictionary that says what its columns mean."""

from collections.abc import Iterator
from typing import Final

from safeguard.helpline.report.paper import Paper, Part, Top
from safeguard.web.tables import CsvTable

COLUMNS: Final = ("period_from", "period_to", "table", "code", "label", "cases_or_addresses", "percent", "left_out")
LEFT_OUT: Final = "yes"
PLACES: Final = ("median", "ninetieth percentile")
DICTIONARY: Final = (
    ("period_from", "The first day that is counted, as year-month-day."),
    ("period_to", "The last day that is counted, included."),
    ("table", "Which table of the report the row belongs to. `top` holds the figures at its beginning."),
    ("code", "A code that stays the same in every report. Empty: not known."),
    ("label", "What the code is called."),
    ("cases_or_addresses", "How many cases; in the tables address_state, address_platform and platform_removed: how "
     "many addresses, or what `label` says. Empty: left out."),
    ("percent", "The share of all cases or addresses of the period, in whole percent; in the table "
     "ending, of the closed cases. Empty: none, or left out."),
    ("left_out", "`yes` where the figure is below 5, or where it would give away one that is. Such a figure is never "
     "nought: what does not occur has no row."),
    ("Where the table `about` names a theme, only cases that were coded by it are counted in all the others.", ""),
    ("A case that came in the period counts once, however often its caller rang. In the tables issue, theme, family, "
     "platform and guidance a case may count in several rows or in none: their percentages do not add up.", ""),
    ("Hours of platforms are by the clock, from the helpline's first report: the median, and what nine in ten are "
     "within. What was passed on, was gone before report or was not actionable counts in no rate.", ""),
)  # fmt: skip


def figures_csv(paper: Paper) -> bytes:
    """Every figure of a report, a row each."""
    table = CsvTable(COLUMNS)
    table.add((paper.first.isoformat(), paper.last.isoformat(), *row) for row in _rows(paper))
    return table.file()


def dictionary_csv() -> bytes:
    """What the columns mean, and how it was counted."""
    table = CsvTable(("column", "meaning"))
    table.add((name, meaning) if meaning else ("(note)", name) for name, meaning in DICTIONARY)
    return table.file()


def _rows(paper: Paper) -> Iterator[tuple[str, ...]]:
    if paper.theme:
        yield "about", "theme", paper.theme, "", "", ""
    for top in paper.top:
        yield from _top(top)
    for part in paper.parts:
        yield from _part(part)
    for line in paper.platforms:
        removed = "" if line.removed is None else str(line.removed)
        yield "address_platform", line.code, line.label, str(line.addresses), "", ""
        yield "platform_removed", line.code, f"{line.label}: share removed", "", removed, "" if removed else LEFT_OUT
        for name, hours in (("answer", line.answer), ("removal", line.removal)):
            for place, share in enumerate(PLACES):
                value = "" if hours is None else str(hours[place])
                label = f"{line.label}: hours to {name}, {share}"
                yield f"platform_{name}", line.code, label, value, "", "" if value else LEFT_OUT


def _top(top: Top) -> Iterator[tuple[str, ...]]:
    """A number without marks between its digits; a share as one; of hours a row for each figure."""
    plain = [str(figure) for figure in top.figures]
    if not top.value:
        yield "top", top.code, top.label, "", "", LEFT_OUT
    elif top.code == "removed" and plain:
        yield "top", top.code, top.label, "", plain[0], ""
    elif top.code == "first_answer" and plain:
        for place, share in enumerate(PLACES):
            yield "top", top.code, f"{top.label}: helpline hours, {share}", plain[place], "", ""
    else:
        yield "top", top.code, top.label, plain[0] if plain else top.value.replace(",", ""), "", ""


def _part(part: Part) -> Iterator[tuple[str, ...]]:
    if part.silent:
        yield part.code, "", part.title, "", "", LEFT_OUT
    for row in part.rows:
        value = "" if row.value is None else str(row.value)
        share = "" if row.share is None else str(row.share)
        yield part.code, row.code, row.label, value, share, "" if value else LEFT_OUT
