"""The year in pictures: incidents by month, and by what they have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote_plus, urlencode

from babel.dates import format_date

from safeguard.incidents.parts import day_parts, hours_of, year_name
from safeguard.insights.narrowing import IN_THE_LIST, Named, risks_of
from safeguard.insights.periods import first_day, moved
from safeguard.insights.pictures import LEFT, MOST_LINES, Bar, Heat, HeatRow, Picture, Value
from safeguard.insights.source import Source
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.web.languages import language
from safeguard.web.times import written_month

WORTH_SAYING: Final = 3
"""A figure that moved by less did so by chance."""


def breakdowns(source: Source) -> tuple[Picture, ...]:
    """Every picture that has something to show, the months first; what moved is said of months that are over."""
    made = _made(source)
    if source.unfinished and source.finished:
        last = month_name(source.finished[-1])
        made = tuple(replace(one, over=last) if one.compared else one for one in made)
    months = (by_month(source),) if source.total or source.total_before else ()
    return (*months, *(picture for picture in made if _speaks(source, picture)))


def _made(source: Source) -> tuple[Picture, ...]:
    profile = source.profile
    return (
        _overlapping(source, "four_c", _("By area of risk"), _names(profile.areas)),
        _adding_up(source, "risk", _("By level of risk"), risks_of(profile)),
        _overlapping(source, "issue", _("By issue"), _names(profile.issues)),
        _overlapping(source, "risk_area", _("By theme"), _names(profile.risk_areas)),
        _overlapping(source, "platform", _("By platform"), _names(profile.platforms)),
        _adding_up(source, "place", _("By place"), _names(profile.places)),
        _by_day_part(source),
        _by_year(source),
    )


def _speaks(source: Source, picture: Picture) -> bool:
    """What the board is narrowed to says nothing where it stands alone."""
    if all(one.dimension != picture.code for one in source.narrowed):
        return bool(picture.bars)
    return sum(bool(one.value) for one in picture.bars) > 1


def by_month(source: Source) -> Picture:
    """Incidents by month, beside the year before, each of which leads to its incidents."""
    shown, before, over = source.each_month(), source.each_month_before(), source.finished
    missing, href = 0 if before and source.exact else None, drill_month(source)
    bars = tuple(
        Bar(month_name(month), shown[month], href(month) if shown[month] else "",
            before.get(moved(month, -12), missing) if month in over else None)
        if "/" not in month else Bar(month, shown[month])
        for month in source.months
    )  # fmt: skip
    years = bool(source.months) and "/" in source.months[0]
    title = _("Incidents by year") if years else _("Incidents by month")
    return Picture("months", title, trend(source), bars, compared=any(bar.before for bar in bars))


def before_us(began: str) -> str:
    """Of a period that was over before the organisation began, in such a month: that its zeros tell of nothing."""
    return _("Nothing was recorded here before %(month)s: this says nothing of the time before.",
             month=written_month(began))  # fmt: skip


def trend(source: Source) -> str:
    """How many there were, and how many a year before."""
    if source.released and not source.months:
        return _("There are too few incidents to say more without telling of single people.")
    if source.before_us:
        return before_us(source.began)
    if not source.total and not source.total_before:
        return _("No incident was recorded in this period. That may be good, or people may not know how to report.")
    said = tell_number("%(num)s incident in this period", "%(num)s incidents in this period", source.total)
    before = source.total_before
    if not before:
        return said + "."
    if source.unfinished:
        return said + ". " + _(
            "In its months that are over: %(now)s, and %(before)s in the same a year before.",
            now=source.settled_total, before=before,
        )  # fmt: skip
    return said + ", " + _("%(before)s in the same months a year before.", before=before)


def share(source: Source) -> str:
    """What part of all incidents those are that the board is narrowed to."""
    name = ", ".join(one.name for one in source.narrowed)
    said = tell_number(
        "%(name)s: %(part)s of %(num)s incident in this period.",
        "%(name)s: %(part)s of %(num)s incidents in this period.", source.whole, name=name, part=source.total,
    )  # fmt: skip
    before = source.total_before or 0
    if source.unfinished:
        if not source.finished:
            return said
        return f"{said} " + _(
            "In its months that are over: %(now)s, and %(before)s in the same a year before.",
            now=source.settled_total, before=before,
        )  # fmt: skip
    return f"{said} " + _("In the same months a year before: %(before)s.", before=before)


def by_control(source: Source) -> Heat | None:
    """Controls by month: how many incidents touched each, as their lessons say."""
    rows: list[HeatRow] = []
    levels = source.levels
    for control in source.framework.controls:
        months = source.counts.months("touched", control.code)
        values = tuple(months.get(month, 0) for month in source.months)
        if any(values):
            ways = tuple(
                "/insights/lessons?" + urlencode({"control": control.code, "month": month}) if value else ""
                for month, value in zip(source.months, values, strict=True)
            )
            rows.append(HeatRow(control.name, values, levels.get(control.code), ways))
    if not rows:
        return None
    rows.sort(key=lambda row: -sum(row.values))
    says = tell_number(
        "Touched most: %(control)s, by %(num)s incident.", "Touched most: %(control)s, by %(num)s incidents.",
        sum(rows[0].values), control=rows[0].label,
    )  # fmt: skip
    columns = tuple(month_name(month) for month in source.months)
    if len(rows) > MOST_LINES:
        says += " " + _("%(shown)s of %(all)s are drawn; the file has all.", shown=MOST_LINES, all=len(rows))
    return Heat("controls", _("Which controls incidents touched, by month"), says, columns, tuple(rows))


def month_name(month: str) -> str:
    """`2026-11` as the reader calls it; a year stays what it is."""
    if "/" in month:
        return month
    return format_date(first_day(month), "LLL", locale=language())


def _names(coded: Mapping[str, Named]) -> Mapping[str, str]:
    return {code: each.name for code, each in coded.items()}


def _overlapping(source: Source, dimension: str, title: str, names: Mapping[str, str]) -> Picture:
    """Figures that overlap: an incident may have several issues."""
    shown = {code: source.alone(dimension, code) for code in source.occurring(dimension)}
    return _bars(source, dimension, title, names, shown, source.alone_before(dimension), overlap=True)


def _as_far(source: Source, dimension: str, code: str, bar: Bar) -> Bar:
    """Of what has to wait, what was shown before, and up to when; no other year is beside that."""
    known, until = source.alone_until(dimension, code) if bar.value == LEFT else (0, "")
    return replace(bar, value=known, until=month_name(until), before=None) if until else bar


def _adding_up(source: Source, dimension: str, title: str, names: Mapping[str, str]) -> Picture:
    """Figures that add up to all incidents, less those of which nothing is known."""
    parts = source.parts(dimension)
    shown: Mapping[str, Value] = {}
    if parts:
        shown = _known(parts.cells)
    before = _known(source.parts_before(dimension, parts.until)) if parts else {}
    made = _bars(source, dimension, title, names, shown, before, overlap=False)
    return _dated(source, made, parts.until if parts else "")


def _known(cells: Mapping[str, int | None]) -> Mapping[str, Value]:
    return {code: LEFT if value is None else value for code, value in cells.items() if code and value != 0}


def _bars(
    source: Source, dimension: str, title: str, names: Mapping[str, str], shown: Mapping[str, Value],
    before: Mapping[str, Value], *, overlap: bool,
) -> Picture:  # fmt: skip
    """What there is now, and what there was a year before and is no more."""
    href = drill(source, dimension)
    then: Mapping[str, Value] = {code: before.get(code, 0) for code in (*shown, *before)} if before else {}
    now = dict.fromkeys(then, 0) | dict(shown)
    bars = (
        Bar(names.get(code, code), now[code], href(code) if now[code] else "", then.get(code),
            settled=source.settled(dimension, code) if code in then else None)
        for code in now
    )  # fmt: skip
    if overlap:
        bars = (_as_far(source, dimension, code, bar) for code, bar in zip(now, bars, strict=True))
    return _picture(dimension, title, tuple(sorted(bars, key=_place)))


def _picture(dimension: str, title: str, bars: tuple[Bar, ...]) -> Picture:
    says = " ".join(sentence for sentence in (_leading(bars), comparing(bars)) if sentence)
    return Picture(dimension, title, says, bars, compared=any(bar.before is not None for bar in bars))


def _place(bar: Bar) -> tuple[int, int, str]:
    """The greatest first; what is left out after all that is shown, as its place would tell how great it is; then 0."""
    if isinstance(bar.value, int):
        return (0, -bar.value, bar.label) if bar.value else (2, 0, bar.label)
    return 1, 0, bar.label


def _by_day_part(source: Source) -> Picture:
    names, href = _names(day_parts()), drill(source, "hour")
    parts = source.parts("hour", {name: hours_of(name) for name in names})
    cells = {name: parts.cells.get(name, 0) for name in names} if parts else {}
    known = any(value != 0 for value in cells.values())
    then = source.parts_before("hour", parts.until, {name: hours_of(name) for name in names}) if parts else {}
    before: Mapping[str, Value] = {name: LEFT if then.get(name, 0) is None else then.get(name, 0) for name in names}
    compared = any(before.values())
    shown: tuple[Bar, ...] = ()
    if known:
        shown = tuple(
            Bar(names[name], LEFT if value is None else value, href(name) if value else "",
                before[name] if compared else None,
                settled=source.settled("hour", *hours_of(name)) if compared else None)
            for name, value in cells.items()
        )  # fmt: skip
    made = _picture("hour", _("By time of day, where it is known"), shown)
    return _dated(source, made, parts.until if parts else "")


def _by_year(source: Source) -> Picture:
    """Children, not incidents: one in which three of Year 9 have a part counts three times."""
    now, then = source.occurring("year"), source.alone_before("year")
    codes = sorted(now.keys() | then.keys()) if source.profile.kind == "school" else []
    href = drill(source, "year")
    bars = (
        Bar(year_name(code), source.alone("year", code), href(code) if code in now else "",
            then.get(code, 0) if then else None, settled=source.settled("year", code) if then else None)
        for code in codes
    )  # fmt: skip
    shown = tuple(_as_far(source, "year", code, bar) for code, bar in zip(codes, bars, strict=True))
    return _picture("year", _("Children named, by year group"), shown)


def _dated(source: Source, picture: Picture, until: str) -> Picture:
    """With the month up to which it counts, where later figures have to wait."""
    if not until or until == source.months[-1]:
        return picture
    waits = _("It counts up to %(month)s: later figures wait until they tell of nobody.", month=month_name(until))
    return replace(picture, says=f"{picture.says} {waits}")


def _leading(bars: tuple[Bar, ...]) -> str:
    """What there is most of; where something that is left out may be more, of those that are shown."""
    shown = [bar for bar in bars if isinstance(bar.value, int) and bar.value]
    if not shown:
        return _("There is too little to say.") if bars else ""
    first = max(shown, key=lambda bar: bar.value if isinstance(bar.value, int) else 0)
    most = first.value if isinstance(first.value, int) else 0
    if any(bar.most > most for bar in bars if bar is not first):
        return tell_number(
            "Most often of those shown: %(label)s, once.", "Most often of those shown: %(label)s, %(num)s times.", most,
            label=first.name,
        )  # fmt: skip
    return tell_number("Most often: %(label)s, once.", "Most often: %(label)s, %(num)s times.", most, label=first.name)


def comparing(bars: Sequence[Bar]) -> str:
    """What moved most against the same months a year before; nothing where too little did to say so."""
    alike = [(bar.value if bar.settled is None else bar.settled, bar.before, bar) for bar in bars]
    both = [(now - then, bar) for now, then, bar in alike if isinstance(now, int) and isinstance(then, int)]
    if not both:
        return ""
    most, bar = max(both, key=lambda each: abs(each[0]))
    if abs(most) < WORTH_SAYING:
        if len(both) < len(bars) or not any(each.value for _moved, each in both):
            return ""
        return _("Much as in the same months a year before.")
    said = {"label": bar.label, "before": bar.before, "now": bar.value if bar.settled is None else bar.settled}
    if len(both) < len(bars):
        if most > 0:
            return _("Rose most of those shown: %(label)s, from %(before)s to %(now)s.", **said)
        return _("Fell most of those shown: %(label)s, from %(before)s to %(now)s.", **said)
    if most > 0:
        return _("Rose most: %(label)s, from %(before)s to %(now)s.", **said)
    return _("Fell most: %(label)s, from %(before)s to %(now)s.", **said)


def drill_month(source: Source) -> Callable[[str], str]:
    """Where a month leads: its incidents, as far as the board is narrowed; nowhere for those who see none."""
    if not source.exact or any(one.dimension not in IN_THE_LIST for one in source.narrowed):
        return lambda month: ""
    fixed = {"state": "all"} | {IN_THE_LIST[one.dimension]: one.code for one in source.narrowed}

    def way(month: str) -> str:
        of = replace(source.period, months=(month,))
        return "/incidents?" + urlencode({**fixed, "since": of.since, "until": of.until})

    return way


def drill(source: Source, dimension: str) -> Callable[[str], str]:
    """Where a bar leads: the incidents behind it, as far as the board is narrowed; nowhere for those who see none."""
    if not (source.exact and dimension in IN_THE_LIST):
        return lambda code: ""
    chosen = {one.dimension: one.code for one in source.narrowed}
    fixed = {"state": "all", "since": source.period.since, "until": source.period.until}
    fixed |= {IN_THE_LIST[name]: code for name, code in chosen.items()}
    if dimension in chosen:
        return lambda code: "/incidents?" + urlencode(fixed) if code == chosen[dimension] else ""
    stem = f"/incidents?{urlencode(fixed)}&{IN_THE_LIST[dimension]}="
    return lambda code: stem + quote_plus(code)
