"""How templates are rendered: escaped, strict about what they are given, in the organisation's words and times.

Two Jinja environments. Ours is strict: a name that a page was not given is an error, in a test rather than before
a tired person. GOV.UK's macros lean on missing names being empty, so they live in a lenient environment of their own;
`{% from "govuk_frontend_jinja/components/input/macro.html" import govukInput %}` works as usual and gets them from
there. (The road not taken: one lenient environment, in which a misspelt name is an empty space on a page.)
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context

from safeguard.errors import FieldError
from safeguard.paths import TEMPLATES
from safeguard.web import assets, languages, times

GOVUK = "govuk_frontend_jinja"
MACRO = re.compile(r"components/(?P<folder>[a-z-]+)/macro\.html")
LONDON = ZoneInfo("Europe/London")


class HasTimeZone(Protocol):
    """What a page knows of its organisation that times need."""

    time_zone: str


def environment(folder: Path = TEMPLATES) -> Environment:
    """The environment that every page is rendered in."""
    result = Environment(
        autoescape=True,
        loader=_loader(folder),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    result.install_gettext_callables(  # pyright: ignore[reportAttributeAccessIssue]
        languages.gettext, languages.ngettext, newstyle=True
    )
    result.globals.update(asset=lambda name: assets.current().address(name), language=languages.language)
    result.globals["_govuk"] = _govuk_macros(_lenient())
    result.filters.update(FILTERS)
    return result


def _lenient() -> Environment:
    return Environment(autoescape=True, loader=PrefixLoader({GOVUK: PackageLoader(GOVUK)}))


def _loader(folder: Path) -> BaseLoader:
    return ChoiceLoader([FileSystemLoader(folder), PrefixLoader({GOVUK: FunctionLoader(_bridge)})])


def _name(folder: str) -> str:
    return "govuk" + "".join(part.capitalize() for part in folder.split("-"))


def _bridge(path: str) -> str | None:
    """A template that only passes on the macro of the lenient environment."""
    found = MACRO.fullmatch(path)
    return found and f"{{% set {_name(found['folder'])} = _govuk['{_name(found['folder'])}'] %}}"


def _govuk_macros(lenient: Environment) -> dict[str, Any]:
    paths = [name for name in lenient.list_templates() if name.endswith("/macro.html")]
    names = {path: _name(path.split("/")[-2]) for path in paths}
    return {name: getattr(lenient.get_template(path).module, name) for path, name in names.items()}


def _zone(context: Context) -> ZoneInfo:
    organisation: HasTimeZone | None = context.get("organisation")
    return ZoneInfo(getattr(organisation, "time_zone", None) or LONDON.key)


@pass_context
def _said(context: Context, moment: datetime) -> str:
    return times.said(moment, context["now"], _zone(context))


@pass_context
def _exact(context: Context, moment: datetime) -> str:
    return times.exact(moment, _zone(context))


@pass_context
def _ago(context: Context, moment: datetime) -> str:
    return times.ago(moment, context["now"])


@pass_context
def _day(context: Context, day: date) -> str:
    local = day.astimezone(_zone(context)).date() if isinstance(day, datetime) else day
    return times.day_said(local, context["now"].astimezone(_zone(context)).date())


@pass_context
def _days_back(context: Context, days: int) -> str:
    """The date so many days ago where the organisation is, as `2026-11-22`: for quick date buttons."""
    today = context["now"].astimezone(_zone(context)).date()
    return date.fromordinal(today.toordinal() - days).isoformat()


def error_for(errors: Iterable[FieldError], field: str) -> str | None:
    """The first sentence about this field, or None."""
    return next((error.message for error in errors if error.field == field), None)


def capital(words: str) -> str:
    """The words with a capital letter first and nothing else changed: "TikTok account" keeps its T."""
    return words[:1].upper() + words[1:]


def initials(name: str) -> str:
    """Up to two letters for a round mark beside the menu; never used for people in a record."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


FILTERS = {
    "said": _said,
    "exact": _exact,
    "ago": _ago,
    "day": _day,
    "days_back": _days_back,
    "machine_time": times.machine,
    "error_for": error_for,
    "capital": capital,
    "initials": initials,
}
