"""What a group is told by its organisations: their own suppressed figures, once a day, by a job for each.

No policy and no statement spans two organisations. The member's job works out its figures in the member's context,
without what a governor may not see either; then it opens a context of the group and leaves them there as the group's
own copy. Both logs say so. An organisation that leaves its group is told of no more; what it told stays the group's.
"""

from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from safeguard import clock
from safeguard.access.actors import system
from safeguard.insights.board import Board, Quadrant
from safeguard.insights.composing import make_board
from safeguard.insights.pictures import LEFT, Picture, Value
from safeguard.insights.reading import read_source
from safeguard.insights.sheets import table_of
from safeguard.insights.source import Source
from safeguard.standards.standing import mean_level
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work, begin

MEASURING: Final = "select id from public.list_measuring_organisations()"
GROUP: Final = "select group_id, own_name from public.find_own_group()"
HERE: Final = "select o.kind, o.nation, o.time_zone from public.organisations o where o.id = sec.current_organisation()"
KEEP: Final = """
insert into public.group_figures as f (organisation_id, id, member_id, member_name, period, body, received_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, member_id, period)
    do update set member_name = excluded.member_name, body = excluded.body, received_at = excluded.received_at
returning f.id
"""


class Objective(msgspec.Struct, frozen=True):
    """One of the four, as a group reads it."""

    code: str
    name: str
    level: float | None
    judged: int
    controls: int
    overdue: int
    stale: int
    before: float | None = None
    """Its level with each control as it stood in the review before, where that judged it; None where it judged none."""


class Figures(msgspec.Struct, frozen=True):
    """What one organisation tells its group of a school year."""

    kind: str
    until: str
    """The month up to which incidents are counted; empty where nothing may be shown."""
    total: int | None
    areas: tuple[tuple[str, int | str | None], ...]
    objectives: tuple[Objective, ...]
    signed_on: str
    """The day on which the last review was signed off; empty where none was."""
    before: int | None = None
    """Incidents of the same months a year before, as they were shown then; None where they are not comparable."""


async def ask_all(work: Work) -> int:
    """Ask each organisation that measures itself to tell its group; how many were asked. Safe to run twice a day."""
    members = [row["id"] for row in await work.driver.fetch(MEASURING)]
    today = work.now().date().isoformat()
    for member in members:
        async with begin(system(member)) as theirs:
            theirs.ask("figures.carry", member, key=today)
    return len(members)


async def tell_group(work: Work) -> bool:
    """Work out this organisation's figures and leave them with its group; False where it has none."""
    found = await work.driver.fetchrow(GROUP)
    here = await work.driver.fetchrow(HERE)
    if found is None or here is None:
        return False
    group, name = found["group_id"], found["own_name"]
    profile = profile_of(here["kind"], here["nation"])
    zone = ZoneInfo(here["time_zone"])
    today = work.now().astimezone(zone).date()
    source = _as_of(work, await read_source(work, profile, today, "", exact=False))
    body = msgspec.json.encode(figures_of(source, make_board(source), zone)).decode()
    async with begin(system(group)) as theirs:
        values = (clock.new_id(), work.organisation_id, name, source.period.label, body, theirs.now())
        kept = await theirs.driver.fetchrow(KEEP, *values)
        if kept:
            theirs.record("figures.shared", kept["id"])
    work.record("figures.shared", work.organisation_id)
    return True


def _as_of(work: Work, source: Source) -> Source:
    """What is told of a day knows no later review."""
    return replace(source, reviews=tuple(review for review in source.reviews if review.started_at <= work.now()))


def figures_of(source: Source, board: Board, zone: tzinfo = UTC) -> Figures:
    """Levels, what is late, and incidents as far as a governor may see them."""
    areas = table_of(board, "four_c")
    bars = (
        tuple((bar.label, _plain(LEFT if bar.until else bar.value)) for bar in areas.bars)
        if isinstance(areas, Picture)
        else ()
    )
    signed = next((review.signed_at for review in source.reviews if review.signed_at), None)
    return Figures(
        source.profile.kind, source.months[-1] if source.months else "",
        board.total if isinstance(board.total, int) and not source.before_us else None, bars,
        tuple(
            Objective(each.objective.code, each.objective.name, each.level, each.judged, each.controls, each.overdue,
                      each.stale, _level_before(source, each))
            for each in board.quadrants
        ),
        signed.astimezone(zone).date().isoformat() if signed else "",
        source.total_before if isinstance(board.total, int) else None,
    )  # fmt: skip


def _level_before(source: Source, each: Quadrant) -> float | None:
    """Like with like: what the review before did not judge stands as it does now."""
    now, before = source.levels, source.levels_before
    codes = [control.code for control in source.framework.under(each.objective.code) if control.code in now]
    if not any(code in before for code in codes):
        return None
    return mean_level([before.get(code, now[code]) for code in codes])


def _plain(value: Value) -> int | str | None:
    return value
