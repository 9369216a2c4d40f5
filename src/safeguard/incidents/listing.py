"""The list of incidents as a page: its frame and each row are patterns, because this is asked for all day.

What a row shows is made ready here; where it stands is written in `incidents/_line.html`.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

from jinja2 import Environment
from litestar import Request
from litestar.response import Response
from markupsafe import Markup

from safeguard import clock
from safeguard.incidents.filtering import Chosen
from safeguard.incidents.here import Here
from safeguard.incidents.parts import day_parts, year_groups
from safeguard.incidents.queries import Row
from safeguard.web.languages import gettext
from safeguard.web.pages import environment_of, framed
from safeguard.web.paging import Page
from safeguard.web.patterns import pattern_of
from safeguard.web.times import Telling, Times

HOLES: Final = (
    "id", "reference", "beginning", "people", "risk", "state", "machine_time", "exact", "said", "recorded_by",
)  # fmt: skip
OURS: Final = frozenset({"id", "reference", "risk", "state", "machine_time"})
"""Holes that take nothing which anybody typed or translated, or markup already."""
LONGEST_BEGINNING: Final = 110
LONGEST_PEOPLE: Final = 80


def show(
    request: Request[Any, Any, Any],
    place: Here,
    chosen: Chosen,
    rows: Page[Row],
    *,
    first: bool,
    highlights: Mapping[UUID, Markup] = MappingProxyType({}),
    marks: Mapping[UUID, Markup] = MappingProxyType({}),
) -> Response[str]:
    """The page, or only its rows when HTMX asks for those."""
    environment = environment_of(request)
    any_rows, more = bool(rows.items), rows.next is not None
    return framed(
        request,
        "incidents/list.html",
        fragment="incidents/_rows.html",
        own={
            "chosen": chosen,
            "any": any_rows,
            "first": first,
            "more": more,
            "times": day_parts(),
            "years": year_groups(place.profile.kind),
        },
        # What somebody looked for in words is theirs: a page that says it is not kept.
        key=None if chosen.filters.text else (chosen.said, any_rows, first, more),
        holes={
            "lines": lines(environment, place, rows.items, highlights, marks),
            "older": chosen.address(after=rows.next or ""),
        },
    )


def lines(
    environment: Environment,
    place: Here,
    rows: Sequence[Row],
    highlights: Mapping[UUID, Markup] = MappingProxyType({}),
    marks: Mapping[UUID, Markup] = MappingProxyType({}),
) -> Markup:
    """The rows, one after another."""
    drawn = cast("Mapping[str, Callable[[str], Markup]]", environment.filters)
    risk, state, telling = drawn["risk_mark"], drawn["state_mark"], Telling.at(clock.now(), place.zone)
    return pattern_of(environment, "incidents/_line.html", HOLES).repeated(
        (_values(
            row, risk(row.risk), state(row.state) + late if (late := marks.get(row.id)) else state(row.state),
            telling.times(row.recorded_at), highlights.get(row.id),
        ) for row in rows), OURS
    )  # fmt: skip


def _values(row: Row, risk: Markup, state: Markup, recorded: Times, highlight: Markup | None) -> dict[str, object]:
    return {
        "id": str(row.id), "reference": row.reference,
        "beginning": highlight or shortened(row.beginning, LONGEST_BEGINNING),
        "people": shortened(row.people, LONGEST_PEOPLE) or gettext("Nobody named"), "risk": risk, "state": state,
        "machine_time": recorded.machine, "exact": recorded.exact, "said": recorded.said,
        "recorded_by": row.recorded_by_name,
    }  # fmt: skip


def shortened(text: str, most: int) -> str:
    """At most `most` characters, cut between words where it can be, with an ellipsis where something is left out."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"
