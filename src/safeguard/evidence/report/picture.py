"""Pictures in a report, as SVG: the story of a case on one line, and the months of a period.

Shapes tell the kinds apart before colour does. Every word in a picture is ours or a date; what people typed stays in
the text, where it can be read aloud.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from safeguard.evidence.report.model import Mark, Moment
from safeguard.evidence.report.saying import short_day

INK, TEAL, GREY, LINE = "#14213d", "#0b5a60", "#7d8696", "#c3c9d1"
WIDTH = 500
MOST_NAMED = 9
_FONT = 'font-family="Atkinson Hyperlegible" font-size="9.5"'


def story_line(moments: Sequence[Moment], zone: ZoneInfo) -> str:
    """Every moment on one axis, spaced by time; the turning points with a line of their own below."""
    ordered = sorted(moments, key=lambda moment: moment.at)
    places = _places([moment.at for moment in ordered])
    named = [index for index, moment in enumerate(ordered) if moment.is_turning_point]
    named = named if len(named) <= MOST_NAMED else [*named[: MOST_NAMED - 1], named[-1]]
    body = [f'<path d="M8 14H{WIDTH - 8}" stroke="{GREY}" stroke-width="1.4"/>']
    rows = [(places[index], 38 + row * 17, ordered[index]) for row, index in enumerate(named)]
    body += [_lead(x, y) for x, y, _ in rows]
    days = {moment.at.astimezone(zone).date() for moment in ordered}
    body += [_label(x, y, moment, _when(moment, zone, len(days))) for x, y, moment in rows]
    body += [_shape(place, moment.mark) for place, moment in zip(places, ordered, strict=True)]
    return _svg(WIDTH, 30 + 17 * len(named), body)


def _places(times: Sequence[datetime]) -> list[float]:
    span = (times[-1] - times[0]).total_seconds() if times else 0
    width = WIDTH - 40
    if not span:
        return [20 + width * at / max(1, len(times) - 1) for at in range(len(times))]
    return [round(20 + width * (time - times[0]).total_seconds() / span, 1) for time in times]


def _lead(x: float, y: int) -> str:
    """The line from the axis down to a label, to the side where there is room."""
    side = x - 8 if x > WIDTH / 2 else x + 8
    return f'<path d="M{x} 14V{y}H{side}" fill="none" stroke="{LINE}" stroke-width="0.9"/>'


def _when(moment: Moment, zone: ZoneInfo, days: int) -> str:
    """The day; the time, when everything happened on one."""
    local = moment.at.astimezone(zone)
    return short_day(local) if days > 1 or not moment.is_timed else f"{local:%H:%M}"


def _label(x: float, y: int, moment: Moment, said: str) -> str:
    """When and what; on a white edge, so that another label's line does not run through it."""
    text, anchor = (x - 11, "end") if x > WIDTH / 2 else (x + 11, "start")
    when, what = escape(said), escape(moment.drawn or moment.what)
    words = f'<tspan font-weight="700">{when}</tspan> {what}'
    place = f'x="{text}" y="{y + 3.4}" text-anchor="{anchor}" {_FONT}'
    edge = 'fill="#ffffff" stroke="#ffffff" stroke-width="4"'
    return f'<text {place} {edge}>{words}</text><text {place} fill="{INK}">{words}</text>'


def _shape(x: float, mark: Mark) -> str:
    match mark:
        case Mark.DECISION:
            return f'<rect x="{x - 4.5}" y="9.5" width="9" height="9" fill="{TEAL}"/>'
        case Mark.WORDS:
            return f'<circle cx="{x}" cy="14" r="5" fill="{TEAL}"/>'
        case Mark.ACTION:
            return f'<circle cx="{x}" cy="14" r="4" fill="#ffffff" stroke="{TEAL}" stroke-width="2"/>'
        case Mark.CONTACT:
            return f'<path d="M{x} 8.6L{x + 5.4} 14L{x} 19.4L{x - 5.4} 14Z" fill="{TEAL}"/>'
        case Mark.CHANGE:
            return f'<path d="M{x} 8.4L{x + 5.4} 18.4H{x - 5.4}Z" fill="#ffffff" stroke="{TEAL}" stroke-width="1.6"/>'
        case Mark.NOTE:
            return f'<circle cx="{x}" cy="14" r="3" fill="{GREY}"/>'


def month_columns(months: Sequence[tuple[date, int]], parts: Collection[date] = ()) -> str:
    """A column for each month with its number on it; a month without any keeps its place.

    `parts` are those of which some days only are counted: their columns are outlined.
    """
    most = max((count for _, count in months), default=0) or 1
    step = (WIDTH - 16) / max(1, len(months))
    wide = min(34.0, step * 0.7)
    body = [f'<path d="M8 104H{WIDTH - 8}" stroke="{GREY}" stroke-width="1"/>']
    for place, (month, count) in enumerate(months):
        middle, height = 8 + step * (place + 0.5), 84 * count / most
        fill = "#ffffff" if month in parts else TEAL
        body.append(f'<rect x="{middle - wide / 2:.1f}" y="{104 - height:.1f}" width="{wide:.1f}" height="{height:.1f}"'
                    f' fill="{fill}" stroke="{TEAL}" stroke-width="1.2"/>')  # fmt: skip
        body.append(_centred(middle, 100 - height, str(count) if count else "", bold=True))
        name = f"{month:%b}" if len(months) <= 18 else f"{month:%b}"[0]
        body.append(_centred(middle, 116, name))
        if place == 0 or month.month == 1:
            body.append(_centred(middle, 128, str(month.year), bold=True))
    return _svg(WIDTH, 134, body)


def _centred(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{INK}"{weight} {_FONT}>{escape(text)}</text>'


def _svg(width: int, height: int, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{''.join(body)}</svg>"
    )
