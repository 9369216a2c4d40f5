"""The lines of the home page: each one thing to do, why, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from safeguard.incidents.apart import Apart, Unheard
from safeguard.incidents.beside import MOST, Waits
from safeguard.incidents.deadlines import unread
from safeguard.incidents.desk import Desk
from safeguard.incidents.owing import Owed
from safeguard.incidents.unanswered import Unanswered
from safeguard.incidents.unowned import Held
from safeguard.registers.duties.queries import Standing
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.web.languages import gettext, ngettext

FEW = 4
"""So many lines of one kind stand by themselves."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do."""

    title: str
    why: str
    href: str
    verb: str
    risk: str | None = None
    since: datetime | None = None


def for_unread(row: tuple[UUID, str, str, datetime, str, str], clocks: Clocks, now: datetime) -> Need:
    """A report that nobody has acknowledged."""
    incident_id, reference, risk, recorded_at, beginning, name = row
    why = gettext("%(reference)s, from %(name)s. Nobody has acknowledged it yet") % {
        "reference": reference,
        "name": name or "Safeguard",
    }
    limit = unread(clocks, recorded_at, now)
    why = f"{why} · {limit.left}" if limit.presses else why
    title = gettext("New: %(beginning)s") % {"beginning": short(beginning)}
    return Need(title, why, f"/incidents/{incident_id}", gettext("Open"), _known(risk), recorded_at)


def for_heard(row: Any, now: datetime) -> Need:
    """Words of whoever reported it, which nobody has read yet."""
    title = gettext("They wrote again: %(beginning)s") % {"beginning": short(row["words"] or "")}
    why = gettext("%(reference)s, by the public page. Nobody has read it yet") % {"reference": row["reference"]}
    why = f"{why} · {gettext('Somebody may be in danger')}" if row["heard_urgent"] else why
    return Need(title, why, f"/incidents/{row['id']}/messages", gettext("Read it"), _known(row["risk"]),
                row["heard_at"])  # fmt: skip


def for_queue(waits: Waits) -> Need:
    """Something that waits beside the inbox."""
    why = _waits(waits.figure)
    if waits.danger:
        return Need(waits.needs, f"{why} · {_in_danger(waits)}", waits.href, gettext("Look"), "emergency")
    return Need(waits.needs, why, waits.href, gettext("Look"))


def for_approvals(figure: int) -> Need:
    """What others asked for, and the reader may agree to."""
    title = gettext("Somebody asks for your agreement")
    return Need(title, _waits(figure), "/approvals", gettext("Decide"))


def for_concerns(apart: Apart) -> list[Need]:
    """Concerns about staff, in figures: whom they are about is for nobody who looks over a shoulder."""
    found = [_unheard(each) for each in apart.unheard]
    if apart.heard:
        title = gettext("Whoever raised a concern about staff wrote again")
        found.append(Need(title, _waits(apart.heard), "/concerns?state=heard", gettext("Read")))
    if apart.new:
        title = gettext("Concerns about staff that nobody has received")
        found.append(Need(title, _waits(apart.new), "/concerns?state=new", gettext("Look")))
    if apart.flood:
        title = gettext("Concerns about staff that came many at once, or faster than anybody types")
        found.append(Need(title, _waits(apart.flood), "/concerns?state=flood", gettext("Look")))
    if apart.named:
        title = gettext("Incidents in which somebody who works here is alleged to have harmed")
        found.append(Need(title, _waits(apart.named), "/concerns", gettext("Look")))
    return found


def for_desk(desk: Desk) -> list[Need]:
    """What waits at a helpline's desk: who is at risk first, then who has waited too long."""
    lines = (
        (desk.at_risk_with_nobody, gettext("A child is at risk, and nobody has the case"), "/helpline?show=at_risk"),
        (desk.overdue, gettext("Not answered in the time for a first answer"), "/helpline?show=overdue"),
        (desk.heard, gettext("Callers of yours who wrote again"), "/helpline?show=mine"),
        (desk.unassigned, gettext("Cases that nobody has taken"), "/helpline?show=unassigned"),
    )
    return [Need(title, _waits(figure), href, gettext("Look")) for figure, title, href in lines if figure]


def for_answer(waits: Unanswered) -> Need:
    """An answer that has not come."""
    limit = waits.deadline
    why = f"{waits.reference} · {limit.left} · {limit.by}"
    return Need(limit.name, why, f"/incidents/{waits.incident_id}#deadlines", gettext("Open"), _known(waits.risk))


def for_outside(owed: Owed) -> Need:
    """Somebody outside who has still to hear."""
    why = f"{owed.reference} · {owed.deadline.left} · {owed.deadline.by}"
    return Need(owed.deadline.name, why, owed.href, gettext("Say who was told"), _known(owed.risk))


def for_duty(duty: Standing) -> Need:
    """A visit or a review that comes round again."""
    never = gettext("Nobody has recorded when it was last done")
    return Need(duty.clock.name, duty.left if duty.last else never, duty.href, gettext("Record it"))


def for_overdue(row: Any, today: date, reader: UUID | None) -> Need:
    """Something whose day has passed."""
    days = (today - row["due_on"]).days
    late = ngettext("overdue %(days)d day", "overdue %(days)d days", days) % {"days": days}
    whose = gettext("yours") if row["owner_id"] and row["owner_id"] == reader else row["owner_name"]
    why = " · ".join(part for part in (row["reference"], late, whose) if part)
    show = "?show=actions" if row["kind"] == "action" else ""
    title = {
        "plan": gettext("Look at the plan again: %(words)s"),
        "support": gettext("Look at the support again: %(words)s"),
        "contact": gettext("No answer yet: %(words)s"),
    }.get(row["kind"], "%(words)s") % {"words": short(row["words"])}
    return Need(title, why, f"/incidents/{row['incident_id']}{show}", gettext("Open"), _known(row["risk"]))


def for_held(held: Sequence[Held]) -> list[Need]:
    """What somebody who left still holds: each in a line while there are few, else the gravest and how many."""
    left = gettext("Held by somebody who has left: %(words)s")
    over = gettext("Held by a deputy whose days are over: %(words)s")
    lines = [
        Need(
            (over if one.stays else left) % {"words": short(one.words)},
            f"{one.reference} · {one.owner_name}",
            f"/incidents/{one.incident_id}{'?show=actions' if one.kind == 'action' else ''}#entry-{one.id}",
            gettext("Give it to somebody"),
            _known(one.risk),
        )
        for one in held
    ]
    if len(lines) <= FEW:
        return lines
    more = gettext("%(reference)s, the gravest of %(num)d that are held so") % {
        "reference": held[0].reference,
        "num": len(held),
    }
    return [replace(lines[0], why=f"{more} · {held[0].owner_name}")]


def for_long_late(rows: Sequence[Any], href: str, *, more: bool) -> Need:
    """Everything whose day passed more than a month ago, the gravest of it first in `rows`; `more`: it was cut off."""
    incidents = len({row["incident_id"] for row in rows})
    said = ngettext(
        "%(num)d incident has something that is more than a month late",
        "%(num)d incidents have something that is more than a month late",
        incidents,
    )
    title = gettext("More than %(num)d incidents have something that is more than a month late") if more else said
    why = gettext("Do it, or say in the incident why it is no longer needed")
    return Need(title % {"num": incidents}, why, href, gettext("Look"), _known(rows[0]["risk"]))


def for_quiet(row: tuple[UUID, str, str, datetime, str], now: datetime) -> Need:
    """An open incident in which nothing has happened for long."""
    incident_id, reference, risk, last, beginning = row
    why = gettext("%(reference)s. Nothing was added for %(days)d days") % {
        "reference": reference,
        "days": (now - last).days,
    }
    return Need(short(beginning), why, f"/incidents/{incident_id}", gettext("Open"), _known(risk))


def short(text: str) -> str:
    """The first line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= 72 else line[:72].rsplit(" ", 1)[0] + " …"


def _unheard(each: Unheard) -> Need:
    why = f"{each.reference} · {each.deadline.left} · {each.deadline.by}"
    return Need(each.deadline.name, why, each.href, gettext("Say who was told"))


def _in_danger(waits: Waits) -> str:
    if waits.danger == waits.figure:
        return gettext("Somebody may be in danger")
    return gettext("In %(num)d of them somebody may be in danger") % {"num": waits.danger}


def _waits(figure: int) -> str:
    if figure >= MOST:  # where counting stops
        return gettext("%(num)d or more wait") % {"num": MOST}
    return ngettext("%(num)d waits", "%(num)d wait", figure) % {"num": figure}


def _known(risk: str) -> str | None:
    return risk if risk != "unassessed" else None
