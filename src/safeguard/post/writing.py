"""Writing a mail: a template's sentence, a link, and nothing that somebody typed.

`templates/messages/<name>/` holds `subject.txt`, `body.txt` and `body.html`. They are given the address of a page and
the organisation's own name, and could not say whom or what a mail is about if they wanted to. The weekly report's mail
also gets the log's checkpoint, so that people hold one outside: the log's random name, a size, a hash and a signature.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from safeguard import clock
from safeguard.paths import TEMPLATES
from safeguard.web import languages
from safeguard.web.directions import neutral

DUTY: Final = frozenset({"access_report", "account_changed", "something_new", "incident_recorded", "incident_waiting",
                         "password_reset", "invitation", "approval_asked", "nobody_here", "nobody_looked",
                         "kept_to_one", "lead_needed", "lead_replaced"})  # fmt: skip
"""Mail that nobody can refuse to get, so it offers no way to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who this deployment is, in mail."""

    public_url: str
    address: str

    @property
    def host(self) -> str:
        """What message ids end with."""
        return urlsplit(self.public_url).hostname or "localhost"


def sender_of(public_url: str, mail_from: str) -> Sender:
    """The sender of a deployment; without an address of its own, `safeguard@` and the public host."""
    host = urlsplit(public_url).hostname or "localhost"
    return Sender(public_url, mail_from or f"safeguard@{host}")


def write(
    mail_id: UUID, template: str, to: str, organisation: str, path: str | None, sender: Sender, checkpoint: str = ""
) -> EmailMessage:
    """The mail. The same id each time it is tried: a server that took it before can tell."""
    said = {
        "link": sender.public_url + (path or "/notices"),
        "organisation": organisation,
        "choices": sender.public_url + "/account/notices",
        "comparing": sender.public_url + "/audit/check",
        "checkpoint": checkpoint,
    }
    message = EmailMessage()
    message["From"] = f"Safeguard <{sender.address}>"
    message["To"] = to
    message["Subject"] = " ".join(_said(template, "subject.txt", said).split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail_id}@{sender.host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if template not in DUTY:
        message["List-Unsubscribe"] = f"<{said['choices']}>"
    message.set_content(_said(template, "body.txt", said))
    message.add_alternative(_said(template, "body.html", said), subtype="html")
    return message


def _said(template: str, part: str, said: dict[str, str]) -> str:
    return neutral(_environment().get_template(f"messages/{template}/{part}").render(said))


@cache
def _environment() -> Environment:
    result = Environment(
        autoescape=select_autoescape(["html"]),
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    languages.translate(result)
    cast("dict[str, Any]", result.globals)["language"] = languages.language
    return result
