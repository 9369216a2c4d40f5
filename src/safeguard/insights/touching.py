"""Which incidents touched a control: the latest of them for those who read incidents, a safe figure for the others.

The figure is of one school year, the one with which `/insights` begins for the same reader, and of whole quarters that
may be told (`releasing`). It counts incidents and no lessons: of one incident five lessons may name a control.
"""

from datetime import date
from typing import Final

from safeguard.access.policy import Permission
from safeguard.incidents.touching import incidents_touching
from safeguard.insights.counting import read_counts
from safeguard.insights.periods import A_YEAR, chosen_period, quarters_of
from safeguard.insights.pictures import FEW, Value
from safeguard.insights.releasing import Released, release
from safeguard.insights.source import told
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.panels import Touched
from safeguard.web.forms import today_here
from safeguard.web.times import written_month
from safeguard.work import Work

TOUCHED: Final = "touched"


async def what_touched(work: Work, control: str) -> Touched:
    """As much of it as whoever asks may know; nothing for whoever reads no figures."""
    if work.may(Permission.INCIDENT_READ):
        return await incidents_touching(work, control)
    if not work.may(Permission.INSIGHTS_READ):
        return Touched()
    return Touched(says=(say(*await read_touched(work, control, today_here())),))


async def read_touched(work: Work, control: str, today: date) -> tuple[Released | None, Value]:
    """What may be told of a year, and how many of its incidents touched the control; None while nothing may be.

    That there was none is told as that there were few: the step from the one to the other would tell of an incident.
    """
    work.require(Permission.INSIGHTS_READ)
    period = chosen_period("", today, exact=False)
    if not period.months:
        return None, None
    counts = await read_counts(work, period.first, period.last)
    shown = release(counts, quarters_of(period), over=len(period.months) == A_YEAR)
    return (shown, told(shown, TOUCHED, control) or FEW) if shown.atoms else (None, None)


def say(shown: Released | None, value: Value) -> str:
    """The figure as a sentence."""
    if shown is None:
        return _("There are too few incidents to say how many touched it without telling of single people.")
    span = {"first": written_month(shown.atoms[0]), "last": written_month(shown.atoms[-1])}
    if isinstance(value, int):
        return tell_number(
            "From %(first)s to %(last)s, lessons of %(num)s incident named it.",
            "From %(first)s to %(last)s, lessons of %(num)s incidents named it.", value, **span,
        )  # fmt: skip
    if value == FEW:
        return _("From %(first)s to %(last)s, lessons of fewer than 5 incidents named it, or of none.", **span)
    return _("From %(first)s to %(last)s, lessons named it; how many is left out beside what was shown before.", **span)
