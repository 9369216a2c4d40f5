"""Reading a mail: who wrote, their words, the names of files. Nothing that came with it is opened.

A mail is whatever its sender's program made: another country's letters, a calendar, a `winmail.dat`, a subject of
five thousand characters, headers that contradict each other. What cannot be read is said, and the rest is kept.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final, Literal, cast

import msgspec

from safeguard.helpline.mail.addresses import is_mail_address
from safeguard.helpline.mail.plain import words_of_html
from safeguard.incidents.reports import tidy

LONGEST_WORDS: Final = 100_000
"""Characters kept of one mail; what was beyond is counted."""
LONGEST_SUBJECT: Final = 300
LONGEST_NAME: Final = 200
MOST_FILES: Final = 100
MOST_HOPS: Final = 50
"""A mail that was handed on so often goes in a circle (RFC 5321 §6.3)."""

Automatic = Literal["", "replied", "generated"]
Proof = Literal["proven", "failed", "unknown"]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """Something that came with a mail, by its name alone."""

    name: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read."""

    digest: str
    message_id: str
    sender: str
    """The address in From, in small letters; empty when there is none that could be answered."""
    sender_name: str
    subject: str
    words: str
    files: tuple[File, ...]
    answers: tuple[str, ...]
    """The Message-IDs that it answers."""
    automatic: Automatic
    bounce: bool
    listed: bool
    """Whether it came by a list or in bulk: nobody is answered by a machine."""
    proof: Proof
    circles: bool
    size: int


def read_mail(content: bytes, return_path: str | None, vouching: str = "") -> Mail:
    """The mail; never raises. `vouching` names the mail server whose Authentication-Results are believed."""
    try:
        return _read(message_from_bytes(content, policy=SMTP), content, return_path, vouching)
    except (RecursionError, *BROKEN):
        nothing = EmailMessage()
        nothing.set_content(UNREADABLE)
        return _read(nothing, content, return_path, "")


def _read(message: EmailMessage, content: bytes, return_path: str | None, vouching: str) -> Mail:
    name, sender = _sender(message)
    report = message.get_content_type() == "multipart/report"
    message_id, files = _header(message, "Message-ID")[:1_000], _files(message)
    return Mail(
        digest=_digest(content, message_id, sender), message_id=message_id, sender=sender, sender_name=name,
        subject=tidy(_header(message, "Subject")), words=_cut(_words(message), files), files=files,
        answers=_answers(message), automatic=_automatic(message), listed=_is_listed(message),
        bounce=not (return_path or "").strip("<>") or report, proof=_proof(message, vouching, sender),
        circles=len(message.get_all("Received") or []) > MOST_HOPS, size=len(content),
    )  # fmt: skip


BROKEN: Final = (MessageError, ValueError, LookupError, AttributeError, TypeError, AssertionError)
"""What the standard library raises on mails that nobody should have written."""
UNREADABLE: Final = "(This mail could not be read. Ask whoever sent it to write it as plain text.)"
NO_WORDS: Final = "(This mail holds no words.)"


def _words(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return NO_WORDS
    text = _text_of(cast("EmailMessage", body))
    words = words_of_html(text) if body.get_content_type() == "text/html" else text
    return tidy(words) or NO_WORDS


def _text_of(part: EmailMessage) -> str:
    """Its text, in whatever letters it says; where it says none that exist, as Western ones."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, KeyError):
        raw = part.get_payload(decode=True)
        return raw.decode("cp1252", errors="replace") if isinstance(raw, bytes) else ""


def _files(message: EmailMessage) -> tuple[File, ...]:
    body = message.get_body(("plain", "html"))
    alternatives = {"text/plain", "text/html"}
    found: list[File] = []
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        named = part.get_filename()
        if part is body or (not named and part.get_content_type() in alternatives):
            continue
        raw = part.get_payload(decode=False)
        size = len(raw) * 3 // 4 if isinstance(raw, str) else 0
        kind = part.get_content_type()
        found.append(File(name=tidy(str(named or "no name"))[:LONGEST_NAME], kind=kind[:100], size=size))
    return tuple(found[:MOST_FILES])


def _sender(message: EmailMessage) -> tuple[str, str]:
    """By the header's own grammar: a name may hold what looks like an address, and is none."""
    try:
        given = [(each.display_name, each.addr_spec) for each in message["From"].addresses]
    except BROKEN:
        written = re.search(r"<([^<>\s]+)>\s*$", dict(message.raw_items()).get("From", ""))
        given = [("", written[1])] if written else []
    found = next(((name, address) for name, address in given if is_mail_address(address)), ("", ""))
    return " ".join(tidy(found[0]).split())[:LONGEST_NAME], found[1].lower()


def _answers(message: EmailMessage) -> tuple[str, ...]:
    said = f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}"
    return tuple(re.findall(r"<[^<>\s]{3,500}>", said)[:50])


def _header(message: EmailMessage, name: str) -> str:
    """A header's words; empty for one that cannot be read."""
    try:
        return " ".join(str(message.get(name) or "").split())
    except BROKEN:
        return ""


def _automatic(message: EmailMessage) -> Automatic:
    """RFC 3834 §5; an answer to an answer of a machine is how a circle begins."""
    said = _header(message, "Auto-Submitted").lower().split(";")[0].strip()
    if said.startswith("auto-replied") or message.get("X-Autoreply") or message.get("X-Autorespond"):
        return "replied"
    return "generated" if said not in ("", "no") else ""


def _is_listed(message: EmailMessage) -> bool:
    bulk = _header(message, "Precedence").lower() in {"bulk", "list", "junk"}
    return bulk or bool(message.get("List-Id") or message.get("List-Unsubscribe"))


def _proof(message: EmailMessage, vouching: str, sender: str) -> Proof:
    """What the trusted mail server says of the sender's domain: only the topmost such line counts (RFC 8601)."""
    if not vouching:
        return "unknown"
    for said in message.get_all("Authentication-Results") or []:
        server, _, results = " ".join(str(said).lower().split()).partition(";")
        if server.split(" ")[0] == vouching.lower():
            passed = re.search(r"\bdmarc=(\w+)", results)
            domain = re.search(r"header\.from=([\w.-]+)", results)
            same = domain is None or sender.rpartition("@")[2] == domain[1]
            return "proven" if passed and passed[1] == "pass" and same else "failed"
    return "unknown"


def _digest(content: bytes, message_id: str, sender: str) -> str:
    """By its Message-ID, with who wrote and what: a stranger who learns an id cannot make us drop the true mail."""
    body = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[-1]
    return sha256("\n".join((message_id, sender, sha256(body).hexdigest())).encode()).hexdigest()


def _cut(words: str, files: tuple[File, ...]) -> str:
    if len(words) > LONGEST_WORDS:
        words = f"{words[:LONGEST_WORDS]}\n\n({len(words) - LONGEST_WORDS:,} further characters were not kept.)"
    if not files:
        return words
    named = "\n".join(f"- {file.name} ({file.kind}, {max(1, file.size // 1_024):,} KB)" for file in files)
    came = "One file came with it, and was" if len(files) == 1 else f"{len(files)} files came with it, and were"
    return f"{words}\n\n{came} neither kept nor opened:\n{named}"
