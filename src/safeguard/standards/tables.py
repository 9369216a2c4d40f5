"""The action plan, the evidence and the reviews of a standard as files. The log is told that one was taken.

What an improvement came from is said by its kind alone: a reference would travel to readers who may not know of it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.looking_back import side_by_side
from safeguard.standards.owning import known_framework, known_frameworks, names_of_gone
from safeguard.standards.pictures import level_rows, radar_rows
from safeguard.standards.queries import LATEST_ITEM, list_improvements, list_items, list_reviews
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.whereabouts import zone_here
from safeguard.web.languages import gettext
from safeguard.web.tables import Form, Table, table
from safeguard.work import Work

STEP: Final = 500
MOST_REVIEWS: Final = 20
Rows: TypeAlias = Sequence[Sequence[str]]
Pair: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which standard, of which review, of which of its controls."""

    framework: str = ""
    review: str = ""
    control: str = ""


async def make_table(work: Work, name: str, form: Form, profile: Profile, asked: Asked) -> Table:
    """`plan`, `evidence`, `reviews` of a standard, or the `radar` and the `levels` of a review; raises `NotFound`."""
    work.require(Permission.RECORDS_TAKE)
    if name == "reviews":
        headings, rows = await _reviews(work, profile, asked.framework)
    elif name == "radar":
        headings, rows = await radar_rows(work, asked.review, profile)
    elif name == "levels":
        headings, rows = await level_rows(work, asked.review, asked.control, profile)
    elif name in TABLES:
        headings, rows = await TABLES[name](work, profile)
    else:
        raise NotFound
    whole = table(form, headings)
    whole.add(rows)
    work.record("list.exported", work.organisation_id)
    return whole


async def _plan(work: Work, profile: Profile) -> tuple[Sequence[str], Rows]:
    found = [*await list_improvements(work), *await list_improvements(work, finished=True)]
    named = await _names(work, profile, {(one.framework, one.control) for one in found})
    headings = [
        gettext("What"), gettext("Control"), gettext("Who"), gettext("By"), gettext("State"), gettext("Came from"),
        gettext("Progress"), gettext("What it changed"),
    ]  # fmt: skip
    states = {
        "planned": gettext("Planned"), "doing": gettext("Under way"), "done": gettext("Done"),
        "dropped": gettext("Dropped"),
    }  # fmt: skip
    sources = {
        "review": gettext("From a review"), "incident": gettext("From an incident"),
        "audit": gettext("From an inspection or an audit"),
    }  # fmt: skip
    return headings, [
        (
            one.words, named[one.framework, one.control], one.owner_name, _day(one.due_on), states[one.state],
            sources.get(one.source, gettext("From elsewhere")), one.progress, one.effect,
        )
        for one in found
    ]  # fmt: skip


async def _evidence(work: Work, profile: Profile) -> tuple[Sequence[str], Rows]:
    after, found = LATEST_ITEM, []
    while rows := await list_items(work, after, STEP):
        found += rows
        after = (rows[-1].added_at, rows[-1].id)
    named = await _names(work, profile, {pair for item in found for pair in item.supports})
    headings = [
        gettext("What"), gettext("Kind"), gettext("From"), gettext("Renew by"), gettext("Where it is kept"),
        gettext("Controls"), gettext("Withdrawn"),
    ]  # fmt: skip
    kinds = {
        "policy": gettext("Policy"), "document": gettext("Document"), "training": gettext("Training record"),
        "meeting": gettext("Minutes or notes"), "survey": gettext("Survey or voices"),
        "display": gettext("Photograph of a display"), "link": gettext("Page on the web"),
        "incident": gettext("Incident, without names"), "agreement": gettext("Agreement"),
    }  # fmt: skip
    return headings, [
        (
            item.title, kinds.get(item.kind, gettext("Something else")), _day(item.dated_on), _day(item.renew_on),
            item.kept_at, "; ".join(named[pair] for pair in item.supports), item.withdrawn_reason,
        )
        for item in found
    ]  # fmt: skip


async def _reviews(work: Work, profile: Profile, code: str) -> tuple[Sequence[str], Rows]:
    framework, zone = await known_framework(work, code, profile), await zone_here(work)
    reviews = await list_reviews(work, code, MOST_REVIEWS)
    headings = [gettext("Control"), *(f"{each.started_at.astimezone(zone):%Y-%m-%d}" for each in reviews)]
    return headings, [
        (control.name, *(str(level or "") for level in levels)) for control, levels in side_by_side(framework, reviews)
    ]


async def _names(work: Work, profile: Profile, pairs: set[Pair]) -> Mapping[Pair, str]:
    """What controls are called, and those that no standard asks any more were."""
    known = await known_frameworks(work, profile)
    named = {(each.code, control.code): control.name for each in known for control in each.controls}
    gone = await names_of_gone(work, pairs - named.keys())
    return {pair: named.get(pair) or gone.get(pair, pair[1]) for pair in pairs}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


TABLES: Final[Mapping[str, Callable[[Work, Profile], Awaitable[tuple[Sequence[str], Rows]]]]] = {
    "plan": _plan, "evidence": _evidence,
}  # fmt: skip
