"""Characters that turn the direction of writing (Unicode Standard Annex #9): typed words turn nothing beside them.

The record, the drafts, the log and what programs fetch keep what was typed, to the character: it is evidence. What
people read is neutral. The one that turns letters round stands there by its number, so that a name which reads as
another, or a file's name which hides its ending, shows what it is. Those that only set the direction of a stretch, or
end one, are left out, because telephone numbers and messages are pasted with them and no letter reads otherwise.
Whole pages are treated once they are rendered, so no template can forget it; fields that go back to the server keep
what was typed in them, and a text field lets nothing out. Arabic and Hebrew need none of these characters: their words
stand in `dir="auto"`, and the marks U+200E, U+200F and U+061C move nothing but the blanks and stops beside them.

The roads not taken: taking them out on the way in, which alters what somebody wrote, and closing each stretch behind
the words, which keeps the rest of the line straight and leaves a name that reads as somebody else's.
"""

import re
from typing import Final

TURNING: Final = "\u202e"
"""Right-to-left override."""
CONTROLS: Final = TURNING + "\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069"
_LEFT_OUT: Final = dict.fromkeys(map(ord, CONTROLS), "")
_SAID: Final = _LEFT_OUT | {ord(TURNING): f"[U+{ord(TURNING):04X}]"}
_IN_PAGE: Final = re.compile(
    rf"""<textarea\b[^>]*>.*?</textarea>|\bvalue="[^"]*"|[{CONTROLS}]""", re.DOTALL | re.IGNORECASE
)
"""What goes back to the server, to be passed over; or one of them, anywhere else. Typed quotes and brackets are escaped
by then, so nothing that somebody typed can look like a field."""


def neutral(text: str) -> str:
    """The text as people may read it beside other text."""
    return text.translate(_SAID) if _has(text) else text


def searchable(text: str) -> str:
    """The text without any of them: a word is found whatever stood invisibly before it."""
    return text.translate(_LEFT_OUT) if _has(text) else text


def neutral_page(rendered: str) -> str:
    """A rendered page (HTML) in which only fields that go back to the server still hold such characters."""
    return _IN_PAGE.sub(_as_read, rendered) if _has(rendered) else rendered


def _has(text: str) -> bool:
    return not text.isascii() and any(one in text for one in CONTROLS)


def _as_read(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else found[0].translate(_SAID)
