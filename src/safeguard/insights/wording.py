"""Sentences with figures in them, in the reader's language."""

from safeguard.web.languages import gettext, ngettext


def tell(message: str, **values: object) -> str:
    """The sentence with `%(name)s` filled in."""
    return gettext(message) % values


def tell_number(one: str, many: str, number: int, **values: object) -> str:
    """The sentence for this number of things; `%(num)s` is the number."""
    return ngettext(one, many, number) % {"num": number, **values}
