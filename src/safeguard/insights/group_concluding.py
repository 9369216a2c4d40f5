"""What a group's board says first: who needs help, what moved since the year and the review before, what stands out."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean
from typing import Final

from safeguard.insights.breakdowns import WORTH_SAYING
from safeguard.insights.group_told import Told
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number

FELL: Final = -0.2
"""A mean level that fell by less did so by one control."""


def conclude_group(rows: Sequence[Told], objectives: Mapping[str, str]) -> str:
    """The sentences; of incidents only what the organisations show in both years."""
    said = (_needs(rows), *_levels_moved(rows), *_incidents_moved(rows), _across(rows, objectives))
    return " ".join(sentence for sentence in said if sentence)


def _needs(rows: Sequence[Told]) -> str:
    if not rows:
        return _("No organisation of this group has told its figures yet: each does so once a day.")
    if silent := [row for row in rows if row.level is None]:
        return tell_number(
            "%(num)s organisation has not begun a review: ask what it needs.",
            "%(num)s organisations have not begun a review: ask what they need.", len(silent),
        )  # fmt: skip
    most = max(row.overdue for row in rows)
    several = sum(row.overdue == most for row in rows)
    if most and 1 < several == len(rows):
        return tell_number(
            "Each organisation has %(num)s improvement overdue.", "Each organisation has %(num)s improvements overdue.",
            most,
        )  # fmt: skip
    if most and several > 1:
        return _(
            "%(several)s organisations have %(most)s overdue each, more than any other.", several=several, most=most
        )
    if most:
        late = max(rows, key=lambda row: row.overdue)
        return tell_number(
            "%(name)s has most that is late: %(num)s improvement.",
            "%(name)s has most that is late: %(num)s improvements.", late.overdue, name=late.name,
        )  # fmt: skip
    weakest = rows[0]
    return _("%(name)s has the furthest to go, at level %(level)s.", name=weakest.name, level=weakest.level)


def _levels_moved(rows: Sequence[Told]) -> Iterator[str]:
    """Who fell furthest since its review before; where nobody did, how many rose."""
    moved = [(row.moved, row) for row in rows if row.moved is not None]
    if not moved:
        return
    least, row = min(moved, key=lambda each: each[0])
    if least <= FELL:
        yield _("%(name)s stands %(by)s lower than in its review before: ask what changed.", name=row.name, by=-least)
    elif rose := sum(each > 0 for each, _row in moved):
        yield tell_number(
            "%(num)s organisation stands higher than in its review before.",
            "%(num)s organisations stand higher than in their review before.", rose,
        )  # fmt: skip


def _incidents_moved(rows: Sequence[Told]) -> Iterator[str]:
    """Against the same months a year before, in those of the latest period that show both."""
    latest = max((row.period[-7:] for row in rows), default="")
    both = [(grew, row) for row in rows if row.period == latest and (grew := row.grew) is not None]
    if not both:
        return
    now, then = sum(row.figures.total or 0 for _grew, row in both), sum(row.figures.before or 0 for _grew, row in both)
    yield tell_number(
        "In %(num)s organisation that shows both years there were %(now)s incidents, %(then)s in the same months a year"
        " before.",
        "In the %(num)s organisations that show both years there were %(now)s incidents, %(then)s in the same months a"
        " year before.", len(both), now=now, then=then,
    )  # fmt: skip
    most, row = max(both, key=lambda each: abs(each[0]))
    if len(both) > 1 and abs(most) >= WORTH_SAYING:
        said = {"name": row.name, "then": row.figures.before, "now": row.figures.total}
        rose = _("They rose most at %(name)s: from %(then)s to %(now)s.", **said)
        yield rose if most > 0 else _("They fell most at %(name)s: from %(then)s to %(now)s.", **said)


def _across(rows: Sequence[Told], objectives: Mapping[str, str]) -> str:
    """Which objective stands furthest from the benchmark in all of them together; nothing of a single organisation."""
    levels = {code: [level for row in rows if (level := row.level_of(code))] for code in objectives}
    means = {code: round(mean(found), 1) for code, found in levels.items() if len(found) > 1}
    if not means:
        return ""
    code = max(means, key=means.__getitem__)
    return _("Of all together, %(objective)s has the furthest to go: level %(level)s on average.",
             objective=objectives[code], level=means[code])  # fmt: skip
