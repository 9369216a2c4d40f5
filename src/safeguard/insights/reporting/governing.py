"""The report for those who govern: no name, no figure below 5, nothing from which one could be worked out."""

from collections.abc import Iterator

from safeguard.insights.board import Board, Quadrant
from safeguard.insights.pictures import FEW, LEFT, Picture, Value, said
from safeguard.insights.reporting.paper import Paper, Section
from safeguard.insights.source import Source
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.framework import Control, Framework
from safeguard.standards.review import Improvement
from safeguard.web.times import written_day

MOST_WEAK = 8


def governors_paper(source: Source, board: Board) -> Paper:
    """The board in words and tables, for a meeting."""
    sections = (_standing(board), _weakest(source), *_incidents(board), _timeliness(board), _improvements(source))
    return Paper(
        _("Online safety: report for those who govern"), board.period.label, board.so_what, board.statement.words,
        board.statement.by, tuple(section for section in sections if section),
        _("Figures below 5 are left out, and others where they would give those away. Restricted incidents are not "
          "counted."),
    )  # fmt: skip


def _standing(board: Board) -> Section:
    headings = (_("Objective"), _("Level"), _("Since the last review"), _("Judged"), _("Evidence"), _("Improvements"))
    rows = tuple(_quadrant(each) for each in board.quadrants)
    return Section(_("Where we stand"), board.spokes.says if board.spokes else "", headings, rows)


def _quadrant(each: Quadrant) -> tuple[str, ...]:
    stale = " " + _("(%(stale)s out of date)", stale=each.stale) if each.stale else ""
    late = " " + _("(%(late)s overdue)", late=each.overdue) if each.overdue else ""
    moved = f"{each.moved:+g}" if each.moved else _("the same") if each.before else _("nothing to compare with")
    level = str(each.level) if each.level else _("not judged yet")
    judged = _("%(judged)s of %(controls)s", judged=each.judged, controls=each.controls)
    return each.objective.name, level, moved, judged, f"{each.evidence}{stale}", f"{each.improvements}{late}"


def _weakest(source: Source) -> Section | None:
    framework, levels = source.framework, source.levels
    weak = [control for control in framework.controls if levels.get(control.code, 0) > framework.benchmark]
    if not weak:
        return None
    weak.sort(key=lambda control: -levels[control.code])
    says = tell_number(
        "%(num)s control stands below the benchmark.", "%(num)s controls stand below the benchmark.", len(weak)
    )
    if len(weak) > MOST_WEAK:
        says += " " + _("The %(num)s furthest below stand here.", num=MOST_WEAK)
    rows = tuple(_weak(framework, control, levels[control.code]) for control in weak[:MOST_WEAK])
    return Section(_("What is weakest"), says, (_("Control"), _("Level"), _("The next step")), rows)


def _weak(framework: Framework, control: Control, level: int) -> tuple[str, ...]:
    return control.name, str(level), framework.step_up(control, level)


def _incidents(board: Board) -> Iterator[Section]:
    if board.bare:
        yield Section(_("Incidents"), _("Nothing can be shown of this period without telling of single people."))
        return
    if not board.total:
        yield Section(_("Incidents"), board.unknown or _("No incident was recorded in this period."))
        return
    open_now = _rough(board.open_now)
    says = _("Recorded: %(total)s. Of them still open: %(open)s.", total=said(board.total), open=open_now)
    yield Section(_("Incidents"), says)
    for picture in board.pictures:
        yield _picture(picture)


def _picture(picture: Picture) -> Section:
    headings, *rows = picture.rows()
    return Section(picture.title, picture.says, (_("What"), _("Number"), *headings[2:]), tuple(rows), bars=True)


def _rough(value: Value) -> str:
    if value in (FEW, LEFT) or not value:
        return said(value)
    return _("about %(number)s", number=value)


def _timeliness(board: Board) -> Section | None:
    sentences: list[str] = []
    if board.acknowledged:
        sentences.append(_("Half were acknowledged within %(half)s, nine of ten within %(most)s.",
                           half=board.acknowledged.half, most=board.acknowledged.most))  # fmt: skip
    if board.judged:
        sentences.append(_("Half had their risk judged within %(half)s, nine of ten within %(most)s.",
                           half=board.judged.half, most=board.judged.most))  # fmt: skip
    if board.closed:
        sentences.append(_("Of those closed, half took up to %(half)s, nine of ten up to %(most)s.",
                           half=board.closed.half, most=board.closed.most))  # fmt: skip
    return Section(_("How long it takes"), " ".join(sentences)) if sentences else None


def _improvements(source: Source) -> Section:
    names = {control.code: control.name for control in source.framework.controls}
    planned = sorted((one for one in source.planned if one.open), key=lambda one: one.due_on)
    done = sum(one.state == "done" for one in source.planned)
    late = sum(one.due_on < source.today for one in planned)
    says = _("Open: %(open)s. Overdue: %(late)s. Done: %(done)s.", open=len(planned), late=late, done=done)
    elsewhere = {one.id for one in source.planned_elsewhere}
    rows = tuple(
        _improvement(one, {} if one.id in elsewhere else names, overdue=one.due_on < source.today) for one in planned
    )
    return Section(_("Improvements"), says, (_("What"), _("Control"), _("Due"), _("How far")), rows)


def _improvement(one: Improvement, names: dict[str, str], *, overdue: bool) -> tuple[str, ...]:
    """Its words are for everybody who reads the plan, those who govern among them; who does it is not said."""
    state = _("under way") if one.state == "doing" else _("planned")
    due, how_far = written_day(one.due_on), _("%(state)s, overdue", state=state) if overdue else state
    control = names.get(one.control) or _("%(code)s of another standard", code=one.control)
    return one.words, control, due, how_far
