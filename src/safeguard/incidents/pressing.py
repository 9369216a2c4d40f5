"""What the list says beside the state of an incident: whom outside nobody told, what is late, where it came from.

The list itself brings the earliest day that was given to anything in an incident. The limits of the profile that an
awaited answer runs against are asked for only where one is awaited, so that the list costs no more where none is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from babel.dates import format_date
from markupsafe import Markup

from safeguard.incidents.deadlines import Deadline
from safeguard.incidents.here import Here
from safeguard.incidents.owing import most_pressing
from safeguard.incidents.phrases import whom_outside
from safeguard.incidents.queries import Row
from safeguard.incidents.unanswered import list_unanswered
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.web.languages import gettext, language
from safeguard.work import Work

_TAG: Final = Markup(' <span class="sg-tag{}">{}</span>')


async def read_marks(work: Work, rows: Sequence[Row], place: Here) -> Mapping[UUID, Markup]:
    """The marks of these incidents; one that has none is not in it."""
    late = await _late_answers(work, [row.id for row in rows if row.awaits], place)
    owed = await read_owed(work, [row.id for row in rows if row.state != "closed"], place)
    marked = [row for row in rows if row.due_on or row.imported_at or row.heard or row.id in late or row.id in owed]
    return {
        row.id: owed.get(row.id, Markup("")) + Markup("").join(_marks(row, late.get(row.id), place.today))
        for row in marked
    }


async def read_owed(work: Work, ids: Sequence[UUID], place: Here) -> Mapping[UUID, Markup]:
    """Whom outside has still to be told of each of these; what is owed to nobody is not in it."""
    return {key: _owed(owed, place) for key, owed in (await most_pressing(work, place, ids)).items()}


def _owed(owed: Deadline, place: Here) -> Markup:
    tone = " sg-tag--problem" if owed.is_overdue else " sg-tag--attention"
    words = gettext("Tell %(whom)s: overdue") if owed.is_overdue else gettext("Tell %(whom)s")
    return _TAG.format(tone, words % {"whom": whom_outside(owed.asks[0], place.profile)})


def _marks(row: Row, late: Deadline | None, today: date) -> Iterator[Markup]:
    if row.heard:
        yield _TAG.format(" sg-tag--attention", gettext("Wrote again"))
    if late and late.is_overdue:
        yield _TAG.format(" sg-tag--problem", gettext("Answer overdue"))
    elif late:
        yield _TAG.format(" sg-tag--attention", gettext("Answer due"))
    if row.due_on:
        yield _due(row.due_on, today)
    if row.imported_at:
        yield _TAG.format("", gettext("Imported"))


def _due(day: date, today: date) -> Markup:
    """Overdue, at risk from the day before, or simply due: as on the incident's own page."""
    if day < today:
        return _TAG.format(" sg-tag--problem", gettext("Overdue"))
    if day == today:
        return _TAG.format(" sg-tag--attention", gettext("Due today"))
    if day - today == timedelta(days=1):
        return _TAG.format(" sg-tag--attention", gettext("Due tomorrow"))
    said = format_date(day, "d MMM" if day.year == today.year else "d MMM y", locale=language())
    return _TAG.format("", gettext("Due %(day)s") % {"day": said})


async def _late_answers(work: Work, ids: Sequence[UUID], place: Here) -> Mapping[UUID, Deadline]:
    """Of each, the awaited answer that presses most."""
    if not ids:
        return {}
    there = place.organisation
    clocks = (await read_clocks(work, place.profile, there.nation, there.time_zone)).clocks
    found: dict[UUID, Deadline] = {}
    for each in await list_unanswered(work, clocks, ids):
        key, limit = each.incident_id, each.deadline
        if limit.presses and not (key in found and found[key].is_overdue):
            found[key] = limit
    return found
