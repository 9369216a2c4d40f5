"""The forms of a page, filled in as somebody would who means it."""

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

WORDS: Final = "We looked into it."
PASSED_OVER: Final = frozenset({"submit", "button", "reset", "image", "file"})

Fields = dict[str, list[str]]


def forms_of(page: str, address: str) -> dict[str, Fields]:
    """What each form of the page that changes something would send, by the path to which it sends."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.found


class _Reader(HTMLParser):
    """Goes through a page and fills in what it meets: the first of what excludes one another, and every box."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.found: dict[str, Fields] = {}
        self._address = address
        self._fields: Fields | None = None
        self._select: str | None = None
        self._words: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, or a part of one."""
        said = dict(attrs)
        if tag == "form" and (said.get("method") or "get").lower() == "post":
            path = urlsplit(said.get("action") or self._address).path
            self._fields = self.found.setdefault(path, {})
        elif self._fields is not None:
            self._meet(tag, said, self._fields)

    def _meet(self, tag: str, said: dict[str, str | None], fields: Fields) -> None:
        name = said.get("name") or ""
        if tag == "input":
            _put(fields, name, said)
        elif tag == "select":
            self._select = name
            fields.setdefault(name, [""])
        elif tag == "option" and self._select:
            if "selected" in said or not fields[self._select][0]:
                fields[self._select] = [said.get("value") or ""]
        elif tag == "textarea":
            self._words = (name, "")

    def handle_data(self, data: str) -> None:
        """What stands in a box of words."""
        if self._words:
            self._words = (self._words[0], self._words[1] + data)

    def handle_endtag(self, tag: str) -> None:
        """The end of a form, or of a part of one."""
        if tag == "textarea" and self._words and self._fields is not None:
            self._fields[self._words[0]] = [self._words[1].strip() or WORDS]
            self._words = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._fields = None


def _put(fields: Fields, name: str, said: dict[str, str | None]) -> None:
    kind, value = said.get("type") or "text", said.get("value")
    if not name or name == "csrf_token" or kind in PASSED_OVER:
        return
    if kind == "radio":
        if "checked" in said or name not in fields:
            fields[name] = [value or "on"]
    elif kind == "checkbox":
        fields.setdefault(name, []).append(value or "on")
    else:
        fields[name] = [value or ""]
