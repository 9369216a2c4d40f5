"""The tables of a board, as files: what stands behind each picture, and those that are no bars.

A file holds what the page shows this reader and nothing else, in the same words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from safeguard.insights.board import Board, Quadrant, Weak
from safeguard.insights.pictures import Table, Value, said
from safeguard.insights.timeliness import Waiting
from safeguard.insights.wording import tell as _


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings and rows."""

    code: str
    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The headings, then the rows."""
        yield self.headings
        yield from self.lines


def sheets_of(board: Board) -> tuple[Sheet, ...]:
    """Those that have something to show."""
    found = (
        _objectives(board.quadrants, exact=board.exact), _weak(board.weak), _waits(board),
        None if board.bare else _now(board),
    )  # fmt: skip
    return tuple(sheet for sheet in found if sheet and sheet.lines)


def _objectives(quadrants: Sequence[Quadrant], *, exact: bool) -> Sheet:
    headings = (
        _("Objective"), _("Level"), _("Rose by"), _("Judged"), _("Controls"), _("Open improvements"), _("Overdue"),
        _("Items of evidence"), _("Out of date"), *((_("Touched by incidents"),) if exact else ()),
    )  # fmt: skip
    lines = (
        (each.objective.name, str(each.level or ""), f"{each.moved:g}" if each.before else "", str(each.judged),
         str(each.controls), str(each.improvements), str(each.overdue), str(each.evidence), str(each.stale),
         *((str(each.named),) if exact else ()))
        for each in quadrants
    )  # fmt: skip
    return Sheet("objectives", headings, tuple(lines))


def _weak(weak: Sequence[Weak]) -> Sheet:
    lines = (
        (one.control.name, str(one.level or ""), str(one.incidents), _("Yes") if one.improving else _("No"))
        for one in weak
    )
    headings = (_("Control"), _("Level"), _("Incidents that touched it"), _("Being improved"))
    return Sheet("weak", headings, tuple(lines))


def _waits(board: Board) -> Sheet:
    steps: list[tuple[str, Waiting | None, Waiting | None]] = [
        (_("Acknowledged"), board.acknowledged, board.acknowledged_before),
        (_("Risk first judged"), board.judged, board.judged_before),
        (_("Closed"), board.closed, board.closed_before),
    ]
    lines = (
        (name, now.half if now else "", now.most if now else "", then.half if then else "", then.most if then else "")
        for name, now, then in steps
        if now or then
    )
    headings = (
        _("Until it is"), _("Half within"), _("Nine of ten within"), _("Half within, a year before"),
        _("Nine of ten within, a year before"),
    )  # fmt: skip
    return Sheet("waits", headings, tuple(lines))


def _now(board: Board) -> Sheet:
    figures: list[tuple[str, Value]] = [
        (_("Incidents"), board.total),
        (_("Still open") if board.exact else _("Still open, to the nearest 5"), board.open_now),
    ]
    if board.exact and not board.narrowed:
        work = board.casework
        figures += [
            (_("Actions overdue now"), work.overdue), (_("Referrals"), work.referred),
            (_("Referrals that are not closed"), work.referrals_open),
            (_("Addresses that were followed"), work.addresses), (_("Addresses taken down"), work.addresses_gone),
        ]  # fmt: skip
    return Sheet("now", ("", _("Number")), tuple((name, said(value)) for name, value in figures))


def table_of(board: Board, code: str) -> Table | None:
    """The table behind the picture of that code."""
    tables = (*board.pictures, board.heat, board.spokes, *sheets_of(board))
    return next((table for table in tables if table and table.code == code), None)
