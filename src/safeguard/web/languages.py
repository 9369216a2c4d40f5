"""The language that a page speaks.

Every sentence in a template passes through `gettext` from the start: English is what the templates hold, and a
file `locales/cy/LC_MESSAGES/safeguard.po` is all that Welsh needs. A missing catalogue or sentence stays English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment
from jinja2.ext import InternationalizationExtension

from safeguard.paths import LOCALES

DOMAIN = "safeguard"
DEFAULT = "en_GB"
WELSH = "cy"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Render in this language (`cy`, `en_GB`) for the length of a block."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def asked_for(chosen: str, accepted: str) -> str:
    """The language of a page that anybody may open: Welsh where it was chosen, or a browser asks for it first."""
    if chosen in ("cy", "en"):
        return WELSH if chosen == "cy" else DEFAULT
    return WELSH if accepted.lower().startswith(WELSH) else DEFAULT


def language() -> str:
    """The language of this request, as Babel writes it."""
    return _language.get()


@lru_cache
def _catalogue(name: str) -> NullTranslations:
    path = LOCALES / name / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return NullTranslations()
    packed = BytesIO()
    with path.open("rb") as written:
        write_mo(packed, read_po(written, locale=name))
    packed.seek(0)
    return Translations(packed, domain=DOMAIN)


def gettext(message: str) -> str:
    """The sentence in this request's language."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence for this number of things, in this request's language."""
    return _catalogue(language()).ngettext(one, many, number)


def translate(environment: Environment) -> None:
    """Let its templates say `{% trans %}` and `_()` in the language of whoever reads."""
    environment.add_extension(InternationalizationExtension)
    said: Any = environment  # the extension gives it a method that its type does not know
    said.install_gettext_callables(gettext, ngettext, newstyle=True)
