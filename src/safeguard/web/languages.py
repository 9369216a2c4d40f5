"""The language that a page speaks.

Every sentence in a template passes through `gettext` from the start: English is what the templates hold, and a
folder `locales/cy/LC_MESSAGES/safeguard.mo` is all that Welsh needs. A missing catalogue or sentence stays English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations

from babel.support import Translations

from safeguard.paths import LOCALES

DOMAIN = "safeguard"
DEFAULT = "en_GB"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Render in this language (`cy`, `en_GB`) for the length of a block."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def language() -> str:
    """The language of this request, as Babel writes it."""
    return _language.get()


@lru_cache
def _catalogue(name: str) -> NullTranslations:
    return Translations.load(str(LOCALES), [name], domain=DOMAIN)


def gettext(message: str) -> str:
    """The sentence in this request's language."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence for this number of things, in this request's language."""
    return _catalogue(language()).ngettext(one, many, number)
