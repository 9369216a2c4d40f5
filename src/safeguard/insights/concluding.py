"""The one sentence of a board that says what its figures mean: where to look first, computed and never guessed.

Whoever sees every figure is told where lessons of incidents meet a weak control; those for whom small figures are left
out, which objective stands furthest from the benchmark and what of it is late.
"""

from collections.abc import Iterator

from safeguard.insights.breakdowns import trend
from safeguard.insights.source import Source
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.framework import Control
from safeguard.standards.standing import mean_under


def conclude(source: Source, weakest: tuple[Control, int | None, int, bool] | None) -> str:
    """The sentence; `weakest` is the weak control that most lessons name: it, its level, how many, being improved."""
    if weakest:
        return _meets(*weakest)
    if not source.period.months:
        return _("The figures of this year are shown once its first quarter is over, at the end of November.")
    if not source.reviews:
        return _("There is no review yet: begin one, and these figures show where to start.")
    if not source.exact:
        return " ".join(_stands(source))
    if not source.total:
        return trend(source)
    if not source.counts.totals("control"):
        return _("No lesson of these incidents names a control yet: say what each one taught when you close it.")
    return _("No weak control stands out: those that lessons name stand at the benchmark or above it.")


def _meets(control: Control, level: int | None, incidents: int, improving: bool) -> str:
    stands = _("level %(level)s", level=level) if level else _("not judged yet")
    said = tell_number(
        "%(control)s (%(level)s): the lessons of %(num)s incident name it.",
        "%(control)s (%(level)s): the lessons of %(num)s incidents name it.", incidents,
        control=control.name, level=stands,
    )  # fmt: skip
    return said + " " + (_("It is being improved.") if improving else _("Nothing is planned for it yet."))


def _stands(source: Source) -> Iterator[str]:
    """Where the organisation stands, and what is late: none of it tells of an incident."""
    framework, levels = source.framework, source.levels
    means = {each: mean_under(framework, each.code, levels) for each in framework.objectives}
    behind = {each: mean for each, mean in means.items() if mean and mean > framework.benchmark}
    if behind:
        worst = max(behind, key=lambda each: behind[each])
        yield _("%(objective)s is furthest from the benchmark: level %(level)s on average, where %(benchmark)s is"
                " secure.", objective=worst.name, level=behind[worst], benchmark=framework.benchmark)  # fmt: skip
    elif all(means.values()):
        yield _("All objectives stand at the benchmark or above it.")
    else:
        yield _("Not every objective is judged yet.")
    late = sum(one.open and one.due_on < source.today for one in source.planned)
    if late:
        yield tell_number("%(num)s improvement is overdue.", "%(num)s improvements are overdue.", late)
    stale = sum(bool(item.renew_on and item.renew_on < source.today) for item in source.beside.items)
    if stale:
        yield tell_number(
            "%(num)s item of evidence is out of date.", "%(num)s items of evidence are out of date.", stale
        )
