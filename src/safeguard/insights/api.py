"""`/api/v1/insights/pies`: the four objectives in figures."""

import msgspec
from litestar import get
from litestar.di import NamedDependency

from safeguard.access.policy import Permission
from safeguard.insights.reading import read_board
from safeguard.standards.here import own_profile
from safeguard.web.forms import today_here
from safeguard.work import Work


class ObjectiveFigures(msgspec.Struct, frozen=True):
    """One objective. A figure of "few" is fewer than 5; "left" is left out because it would tell one that is."""

    code: str
    name: str
    mean_level: float | None
    """From 5 (lowest) to 1; null while nothing is judged."""
    mean_level_before: float | None
    judged: int
    controls: int
    incidents: int | None
    """How often incidents touched one of its controls, in the month in which a lesson first named it: an incident that
    touched two of them counts twice. Null for those for whom small figures are left out."""
    open_improvements: int
    overdue_improvements: int
    evidence_items: int
    evidence_items_out_of_date: int


class Pies(msgspec.Struct, frozen=True):
    """Where an organisation stands."""

    first_month: str
    last_month: str
    incidents: int | str | None
    so_what: str
    objectives: tuple[ObjectiveFigures, ...]


@get("/insights/pies", permission=Permission.INSIGHTS_READ, summary="The four objectives of PIES in figures")
async def get_pies(work: NamedDependency[Work]) -> Pies:
    """Levels, trend, what incidents touched, improvements and evidence for each objective, over the last 12 months."""
    board = await read_board(work, own_profile(), today_here(), "")
    figures = tuple(
        ObjectiveFigures(
            each.objective.code, each.objective.name, each.level, each.before, each.judged, each.controls,
            each.named, each.improvements, each.overdue, each.evidence, each.stale,
        )
        for each in board.quadrants
    )  # fmt: skip
    return Pies(board.period.first, board.period.last, board.total, board.so_what, figures)


API_ROUTES = [get_pies]
