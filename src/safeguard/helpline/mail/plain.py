"""HTML made words: what a mail program shows as pictures, links and colours, as harmless text.

Nothing is fetched, nothing is kept of what runs or hides. A link is followed by the address that it really leads to,
because what it says may be another.
"""

import re
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe"}
)
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"})
_BLOCK: Final = frozenset({
    "p", "div", "br", "hr", "tr", "li", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "section", "article", "header", "footer", "dl", "dt", "dd",
})  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent:
            return
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCK:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag == "img" and given.get("alt", "").strip():
            self.parts.append(f"[{given['alt'].strip()}]")
        elif tag == "a" and given.get("href", "").lower().startswith(("http://", "https://", "mailto:")):
            self._link = given["href"], len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif not self._silent and tag == "a" and self._link:
            href, since = self._link
            if "".join(self.parts[since:]).strip() not in {href, href.removeprefix("mailto:")}:
                self.parts.append(f" <{href}>")
            self._link = None
        elif not self._silent and tag in _BLOCK - _VOID:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def words_of_html(html: str) -> str:
    """What somebody would read aloud of it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
