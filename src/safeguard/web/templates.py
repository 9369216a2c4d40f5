"""How templates are rendered: escaped, strict about what they are given, in the organisation's words and times.

Two Jinja environments. Ours is strict: a name that a page was not given is an error, in a test rather than before
a tired person. GOV.UK's macros lean on missing names being empty, so they live in a lenient environment of their own;
`{% from "govuk_frontend_jinja/components/input/macro.html" import govukInput %}` works as usual and gets them from
there. (The road not taken: one lenient environment, in which a misspelt name is an empty space on a page.)
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from babel.units import format_unit
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    pass_context,
)
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from safeguard import clock
from safeguard.errors import FieldError
from safeguard.paths import TEMPLATES
from safeguard.web import assets, languages, times
from safeguard.web.directions import neutral_page

GOVUK = "govuk_frontend_jinja"
LONDON = ZoneInfo("Europe/London")


class HasTimeZone(Protocol):
    """What a page knows of its organisation that times need."""

    time_zone: str


class Page(Template):
    """A template whose words, whoever typed them, keep to their own direction."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The page, with what was typed neutral but for the fields that go back."""
        return neutral_page(super().render(*args, **kwargs))


class Pages(Environment):
    """Where pages are rendered."""

    template_class = Page


def environment(folder: Path = TEMPLATES) -> Environment:
    """The environment that every page is rendered in."""
    macros = Macros(_lenient())
    result = Pages(
        autoescape=True,
        loader=_loader(folder, macros.paths),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page includes dozens of parts: no look at the disk for each; a change wants a restart
        cache_size=-1,
    )
    languages.translate(result)
    names: dict[str, Any] = {
        "asset": _asset, "fresh_id": clock.new_request_id,
        "language": languages.language, "_govuk": macros, "_": _say, "gettext": _say,
    }  # fmt: skip
    cast(dict[str, Any], result.globals).update(names)
    cast(dict[str, Any], result.filters).update(FILTERS | _marks(result))
    return result


def _say(message: str, **values: object) -> Markup:
    """Jinja's newstyle gettext (the sentence is markup, what is put into it is escaped), with plain ones kept ready."""
    if values:
        return Markup(languages.gettext(message)) % values  # noqa: S704  templates are ours
    return _said_plainly(languages.language(), message)


@lru_cache(maxsize=10_000)
def _said_plainly(_language: str, message: str) -> Markup:
    return Markup(languages.gettext(message)) % {}  # noqa: S704  templates are ours


def _marks(result: Environment) -> dict[str, Callable[[str | None], Markup]]:
    """`risk_mark` and `state_mark`: the macros of components/marks.html, rendered once for each language and value."""

    @lru_cache(maxsize=1_000)
    def rendered(_language: str, macro: str, value: str | None) -> Markup:
        return getattr(result.get_template("components/marks.html").module, macro)(value)

    return {
        "risk_mark": lambda value: rendered(languages.language(), "risk", value),
        "state_mark": lambda value: rendered(languages.language(), "state", value),
    }


def _asset(name: str) -> str:
    return assets.current().address(name)


def _lenient() -> Environment:
    return Environment(
        autoescape=True, loader=PrefixLoader({GOVUK: PackageLoader(GOVUK)}), auto_reload=False, cache_size=-1
    )


class Macros(dict[str, Macro]):
    """GOV.UK's macros by the path of their template below `govuk_frontend_jinja/`, each compiled when it is wanted."""

    def __init__(self, lenient: Environment) -> None:
        super().__init__()
        self._lenient = lenient
        whole = [path for path in lenient.list_templates() if path.endswith("/macro.html")]
        self.paths = tuple(path.removeprefix(GOVUK + "/") for path in whole)

    def __missing__(self, path: str) -> Macro:
        """The macro of this template, kept from now on."""
        self[path] = getattr(self._lenient.get_template(f"{GOVUK}/{path}").module, _name(path))
        return self[path]


def _name(path: str) -> str:
    """`.../error-summary/macro.html` defines `govukErrorSummary`."""
    return "govuk" + "".join(part.capitalize() for part in path.split("/")[-2].split("-"))


def _loader(folder: Path, macros: Iterable[str]) -> BaseLoader:
    bridges = {path: f"{{% set {_name(path)} = _govuk['{path}'] %}}" for path in macros}
    return ChoiceLoader([FileSystemLoader(folder), PrefixLoader({GOVUK: DictLoader(bridges)})])


def _zone(context: Context) -> ZoneInfo:
    organisation: HasTimeZone | None = context.get("organisation")
    return ZoneInfo(getattr(organisation, "time_zone", None) or LONDON.key)


def _now(context: Context) -> datetime:
    now: datetime | None = context.get("now")
    if now is None:
        raise LookupError("A time needs `now`: import the component `with context`")
    return now


@pass_context
def _said(context: Context, moment: datetime) -> str:
    return times.said(moment, _now(context), _zone(context))


@pass_context
def _exact(context: Context, moment: datetime) -> str:
    return times.exact(moment, _zone(context))


@pass_context
def _ago(context: Context, moment: datetime) -> str:
    return times.ago(moment, _now(context))


@pass_context
def _day(context: Context, day: date) -> str:
    local = day.astimezone(_zone(context)).date() if isinstance(day, datetime) else day
    return times.day_said(local, _now(context).astimezone(_zone(context)).date())


@pass_context
def _exact_day(context: Context, moment: datetime) -> str:
    return times.exact_day(moment, _zone(context))


@pass_context
def _days_back(context: Context, days: int) -> str:
    """The date so many days ago where the organisation is, as `2026-11-22`: for quick date buttons."""
    today = _now(context).astimezone(_zone(context)).date()
    return date.fromordinal(today.toordinal() - days).isoformat()


def error_for(errors: Iterable[FieldError], field: str) -> str | None:
    """The first sentence about this field, or None."""
    return next((error.message for error in errors if error.field == field), None)


def number(figure: int) -> str:
    """A figure as people write it: "1,204"."""
    return format_decimal(figure, locale=languages.language())


def filesize(size: int) -> str:
    """How large a file is, in steps of a thousand, as people say it: "15 bytes", "1.2 kB", "20 MB"."""
    for unit, many in _SIZES.items():
        if size >= many:
            return format_unit(round(size / many, 1), unit, "short", locale=languages.language())
    return languages.ngettext("%(num)s byte", "%(num)s bytes", size) % {"num": size}


_SIZES = {"digital-gigabyte": 1_000_000_000, "digital-megabyte": 1_000_000, "digital-kilobyte": 1_000}


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
    "exact_day": _exact_day,
    "days_back": _days_back,
    "written_day": times.written_day,
    "written_month": times.written_month,
    "machine_time": times.machine,
    "error_for": error_for,
    "filesizeformat": filesize,
    "number": number,
    "capital": capital,
    "initials": initials,
}
