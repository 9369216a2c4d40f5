"""The report of a review: every control with its level, what moved, and how we know."""

from collections.abc import Iterator
from datetime import tzinfo

from safeguard.insights.reporting.paper import Paper, Section
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.readiness import CERTIFIED, readiness_of
from safeguard.standards.standing import Judged, Part, Standing
from safeguard.web.times import written_day


def review_paper(standing: Standing, zone: tzinfo | None) -> Paper:
    """A review in words and tables, signed off or under way."""
    review, framework = standing.review, standing.framework
    period = _(
        "Begun %(day)s, edition %(edition)s",
        day=written_day(review.started_at.astimezone(zone).date()),
        edition=review.framework_version,
    )
    sections = (_summary(standing), *_parts(standing), _improve(standing))
    return Paper(
        _("Review: %(name)s", name=framework.name), period, _says(standing), review.statement,
        review.signed_by_name or "", tuple(section for section in sections if section),
        _("1 is the highest level, %(lowest)s the lowest; the benchmark is %(benchmark)s.",
          lowest=framework.levels[0].number, benchmark=framework.benchmark),
    )  # fmt: skip


def _says(standing: Standing) -> str:
    said = _("%(done)s of %(asked)s controls are judged.", done=standing.done, asked=standing.asked)
    if standing.below:
        below = tell_number("%(num)s stands below the benchmark.", "%(num)s stand below the benchmark.",
                            len(standing.below))  # fmt: skip
        return f"{said} {below}"
    return said


def _certificates(standing: Standing) -> str:
    ready = [step.code for step in readiness_of(standing).steps if step.ready]
    names = {"commitment": _("commitment"), "progress": _("progress"), "mark": _("mark")}
    return _("Ready for: %(steps)s.", steps=", ".join(names[code] for code in ready))


def _summary(standing: Standing) -> Section:
    rows = tuple(
        (part.objective.name, str(part.mean or _("not judged yet")), f"{part.done} / {part.asked}")
        for part in standing.parts
    )
    says = _certificates(standing) if standing.framework.code in CERTIFIED else ""
    return Section(_("At a glance"), says, (_("Part"), _("Mean level in this review"), _("Judged")), rows)


def _parts(standing: Standing) -> Iterator[Section]:
    for part in standing.parts:
        yield _part(part)


def _part(part: Part) -> Section:
    compared = any(each.before for each in part.judged)
    headings = (_("Control"), _("Level"), *((_("Since last time"),) if compared else ()), _("How we know"))
    return Section(part.objective.name, "", headings, tuple(_control(each, compared) for each in part.judged))


def _control(each: Judged, compared: bool) -> tuple[str, ...]:
    level = str(each.level.number) if each.level else _("not judged yet")
    moved = _steps(each.moved) if each.before and each.level else ""
    why = (each.rating.commentary if each.rating else "") or _("not said")
    return each.control.name, level, *((moved,) if compared else ()), why


def _steps(moved: int) -> str:
    if not moved:
        return _("the same")
    return f"+{moved}" if moved > 0 else str(moved)


def _improve(standing: Standing) -> Section | None:
    if not standing.below:
        return None
    framework = standing.framework
    rows = tuple(
        (each.control.name, framework.step_up(each.control, each.level.number)) for each in standing.below if each.level
    )
    return Section(_("What to do next"), "", (_("Control"), _("The next step")), rows)
