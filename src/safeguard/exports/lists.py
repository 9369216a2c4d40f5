"""Lists as tables: what the page shows with its filters, a thousand rows at a time by the list's own key.

Nothing more leaves than the list shows: whoever must not know of an incident finds no row of it here either. The log
is told that a list was taken, and neither its length nor what it was narrowed to: both would tell of what is in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import TooLarge
from safeguard.incidents import queries as incidents
from safeguard.people import finding
from safeguard.people import queries as people
from safeguard.people.person import Found
from safeguard.people.showing import belongs
from safeguard.people.twins import flags_of_merged
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext
from safeguard.web.tables import Form, Table, table
from safeguard.work import Work

MOST: Final = 10_000
STEP: Final = 1_000
STATES: Final = {"new": "New", "open": "Open", "closed": "Closed"}
TOO_MANY: Final = (
    "This list has more than 10,000 rows, which is the most that leaves in one file. Narrow it with the filter, for "
    "example to a year, and download each part."
)


@dataclass(frozen=True, slots=True)
class Place:
    """In whose words and time a table is written."""

    profile: Profile
    zone: ZoneInfo


async def incidents_table(work: Work, filters: incidents.Filters, form: Form, place: Place) -> Table:
    """The incidents that the filters leave, newest first; raises `TooLarge` when there are more than 10,000."""
    work.require(Permission.EVIDENCE_EXPORT)
    whole, count, after = table(form, _incident_headings(place)), 0, None
    while rows := await incidents.list_incidents(work, filters, after=after, limit=STEP):
        count = _counted(count, rows)
        whole.add(_incident(row, place) for row in rows)
        after = rows[-1].recorded_at, rows[-1].id
    _told(work)
    return whole


async def people_table(work: Work, filters: people.Filters, form: Form, place: Place) -> Table:
    """The people whom the filters leave, by family name; raises `TooLarge` when there are more than 10,000."""
    work.require(Permission.EVIDENCE_EXPORT)
    whole, count, after = table(form, _person_headings(place)), 0, None
    if filters.text:
        most = finding.EVERYBODY
        found = await finding.find_all(work, filters.text, filters.kind, filters.group, after=None, limit=most)
        _counted(0, found)
        whole.add(_person(one, place) for one in await _whole(work, found))
    else:
        while rows := await people.list_people(work, filters, after=after, limit=STEP):
            count = _counted(count, rows)
            whole.add([_person(row, place) for row in await _whole(work, rows)])
            after = rows[-1].id
    _told(work)
    return whole


async def _whole(work: Work, rows: Sequence[Found]) -> list[Found]:
    """These people with what is to be known at once from every record that was merged into theirs."""
    more = await flags_of_merged(work, [row.id for row in rows])
    return [
        msgspec.structs.replace(row, flags=tuple(dict.fromkeys((*row.flags, *more.get(row.id, ()))))) for row in rows
    ]


def _counted(count: int, rows: Sequence[object]) -> int:
    if count + len(rows) > MOST:
        raise TooLarge(TOO_MANY)
    return count + len(rows)


def _told(work: Work) -> None:
    work.record("list.exported", work.organisation_id)


def _incident_headings(place: Place) -> list[str]:
    return [
        gettext("Reference"), gettext("Recorded") + f" ({place.zone.key})", gettext("Recorded by"), gettext("State"),
        gettext("Risk"), gettext("Area of risk"), gettext("Platforms"), gettext("People"), gettext("What happened"),
        gettext("Received"), gettext("Next due"), gettext("Imported"),
    ]  # fmt: skip


def _incident(row: incidents.Row, place: Place) -> list[str]:
    profile = place.profile
    level = profile.risk_levels.get(row.risk)
    return [
        row.reference, minute(row.recorded_at, place.zone), row.recorded_by_name, gettext(STATES[row.state]),
        level.name if level else gettext("Not yet assessed"),
        "; ".join(_names(row.four_c, {code: area.name for code, area in profile.areas.items()})),
        "; ".join(_names(row.platforms, {code: one.name for code, one in profile.platforms.items()})),
        row.people, row.beginning, minute(row.acknowledged_at, place.zone), _day(row.due_on),
        minute(row.imported_at, place.zone),
    ]  # fmt: skip


def _person_headings(place: Place) -> list[str]:
    return [
        gettext("Family name"), gettext("Given name"), gettext("Known as"), gettext("Born"),
        gettext("How they belong here"), place.profile.title("group_of_pupils"), gettext("To know at once"),
    ]  # fmt: skip


def _person(one: Found, place: Place) -> list[str]:
    flags = {code: flag.name for code, flag in place.profile.person_flags.items()}
    return [
        one.family_name, one.given_name, one.known_as, _day(one.born_on), belongs(one, place.profile), one.group_name,
        "; ".join(_names(one.flags, flags)),
    ]  # fmt: skip


def _names(codes: Sequence[str], known: dict[str, str]) -> Iterator[str]:
    return (known.get(code, code) for code in codes)


def minute(moment: datetime | None, zone: ZoneInfo) -> str:
    """2026-11-22 10:02: sorts as it reads, and no spreadsheet swaps day and month."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
