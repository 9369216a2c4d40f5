"""Setting figures as a report: parts with their lines, what is at the top, what moved most."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from safeguard.helpline.report.counted import LABELS, OF_ADDRESSES, OF_CLOSED
from safeguard.helpline.report.paper import Line, Part, Row, Top
from safeguard.helpline.report.releasing import Released
from safeguard.helpline.report.wording import name_of, names_of, titles
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext as _

ROSE: Final = 1.5
"""By how much a figure must have changed to be named among what moved."""
MANY: Final = 10
"""By how many cases it must have changed besides."""
MOST_NAMED: Final = 4
MOVING: Final = ("issue", "platform", "caller", "theme")


def parts_of(now: Released, before: Sequence[Released], profile: Profile, own: Mapping[str, str]) -> tuple[Part, ...]:
    """Every part that has something to say."""
    made = (_part(code, now, before, profile, own) for code in titles())
    return tuple(part for part in made if part.rows or part.silent)


def top_of(now: Released, before: Sequence[Released]) -> tuple[Top, ...]:
    """The figures that are read first."""
    return tuple(
        Top(code, label, _top(code, now), tuple(_top(code, each) for each in before), _figures(code, now))
        for code, label in (
            ("cases", _("Cases")), ("contacts", _("Contacts")), ("addresses", _("Addresses to take down")),
            ("removed", _("Removed, of those decided")), ("first_answer", _("To the first answer")),
            ("open_hours", _("Hours open")), ("helpful", _("What callers said, of 5")),
        )
    )  # fmt: skip


def lines_of(now: Released, profile: Profile) -> tuple[Line, ...]:
    """The platforms, the most addresses first."""
    names = {code: each.name for code, each in profile.platforms.items()}
    lines = [
        Line(code=each.platform, label=names.get(each.platform, each.platform or _("Not said")),
             addresses=each.addresses, removed=each.removed, answer=each.answer, removal=each.removal)
        for each in now.platforms
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (-line.addresses, line.label)))


def moves_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """What rose and fell most since the year before, where both figures are shown."""
    found: list[tuple[int, str]] = []
    for part in parts:
        if part.code not in MOVING:
            continue
        for row in part.rows:
            was = row.before[0] if row.before else None
            if row.value is None or was is None or not row.code or abs(row.value - was) < MANY:
                continue
            if row.value >= ROSE * was or was >= ROSE * row.value:
                words = _("%(label)s: %(now)s, after %(was)s the year before.")
                found.append((-abs(row.value - was), words % {"label": row.label, "now": row.value, "was": was}))
    return tuple(words for _size, words in sorted(found)[:MOST_NAMED])


def removal_rate(now: Released) -> int | None:
    """Percent removed of the addresses that were decided; None while a cell that it needs is left out."""
    family = now.family("address_state")
    cells = {code: family.cells.get(code, 0) for code in ("removed", "restricted", "refused", "no_response")}
    told = [value for value in cells.values() if value is not None]
    if family.silent or len(told) < len(cells) or not sum(told):
        return None
    return round(100 * told[0] / sum(told))


def _part(code: str, now: Released, before: Sequence[Released], profile: Profile, own: Mapping[str, str]) -> Part:
    title, says = titles()[code]
    family, names = now.family(code), names_of(code, profile, own)
    whole = _of_how_many(code, now)
    rows = [
        Row(cell, name_of(code, cell, names), value, _share(value, whole) if code != "month" else None,
            () if code == "month" else tuple(_earlier(each, code, cell) for each in before))
        for cell, value in family.cells.items()
    ]  # fmt: skip
    ordered = sorted(rows, key=lambda row: row.code) if code == "month" else sorted(rows, key=_greatest)
    return Part(
        code=code, title=title, says=says, adds_up=code not in LABELS, silent=family.silent, rows=tuple(ordered)
    )


def _of_how_many(code: str, now: Released) -> int | None:
    """What the shares of a family are shares of; None where that is left out."""
    if code in OF_CLOSED:
        return now.family("state").cells.get("closed")
    return now.addresses if code in OF_ADDRESSES else now.cases


def _greatest(row: Row) -> tuple[bool, int, bool, str]:
    """The greatest first; what is left out after all that is shown, for its place would tell how great it is."""
    return row.value is None, -(row.value or 0), not row.code, row.label


def _share(value: int | None, whole: int | None) -> int | None:
    return round(100 * value / whole) if value is not None and whole else None


def _earlier(released: Released, family: str, cell: str) -> int | None:
    """The same line of an earlier period: nought where it is not there, None where it is left out."""
    found = released.family(family)
    return None if found.silent or released.cases is None else found.cells.get(cell, 0)


def _top(code: str, of: Released) -> str:
    match code:
        case "removed":
            rate = removal_rate(of)
            return _("%(rate)s %%") % {"rate": rate} if rate is not None else ""
        case "first_answer":
            hours = of.first_answer
            words = _("half within %(half)s helpline hours, nine in ten within %(most)s")
            return words % {"half": hours[0], "most": hours[1]} if hours else ""
        case "helpful":
            return of.helpful
        case _:
            value = {"cases": of.cases, "contacts": of.contacts, "addresses": of.addresses,
                     "open_hours": of.open_hours}[code]  # fmt: skip
            return f"{value:,}" if value is not None else ""


def _figures(code: str, of: Released) -> tuple[int, ...]:
    """What `_top` says, as numbers; nothing where it is left out, or is a number as it stands."""
    match code:
        case "removed":
            rate = removal_rate(of)
            return (rate,) if rate is not None else ()
        case "first_answer":
            return of.first_answer or ()
        case "cases" | "contacts" | "addresses" | "open_hours":
            value: int | None = getattr(of, code)
            return (value,) if value is not None else ()
        case _:
            return ()


def spoken(first: date, last: date) -> str:
    """ "1 January 2025 to 31 December 2025"; a whole year by its number."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
