"""What a mail to a caller says: the desk's own words, and what stands below every one of them."""

from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from safeguard.paths import TEMPLATES
from safeguard.web import languages
from safeguard.web.directions import neutral

FOLDER: Final = "helpline/mail"


def write_words(what: str, said: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of one kind of mail."""
    subject = _environment().get_template(f"{FOLDER}/{what}_subject.txt").render(said)
    body = _environment().get_template(f"{FOLDER}/{what}.txt").render(said)
    return neutral(" ".join(subject.split())), neutral(body)


@cache
def _environment() -> Environment:
    """Plain text: nothing is escaped, because nothing is markup."""
    result = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, autoescape=select_autoescape(()),
    )  # fmt: skip
    languages.translate(result)
    return result
