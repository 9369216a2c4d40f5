"""What the public page's forms ask, and what was meant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, cast

from safeguard import clock
from safeguard.public_reports.sent import About, Answer, Sent, Writer
from safeguard.public_reports.telling import LONGEST as LONGEST_MESSAGE
from safeguard.web import keys
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Setting, Text
from safeguard.web.keys import Tampered

SEAL: Final = "public opened"
PATHS: Final[dict[str, About]] = {"a": "staff", "b": "other", "c": "staff"}
"""What each answer to the first question leads to, by a letter that tells nothing to who looks at the address. Not
being sure counts as yes: it must not land with the adult whom it may be about."""

UNREAD: Final = 2_000_000
"""More than any request holds: what is too long is said afterwards, in words for a child and in both languages."""
Line = Annotated[str, Text(longest=UNREAD)]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A report by the public page."""

    words: Annotated[str, Text(longest=UNREAD, lines=True)]
    when: Line
    danger: Annotated[str, Choice(("yes", "no"))]
    writer: Annotated[str, Choice(("child", "parent", "visitor"))]
    name: Line
    subject_name: Line
    subject_work: Line
    in_charge: Annotated[str, Choice(("yes", "no", "unsure"))]
    reader: Annotated[str, Choice(("yes", "no", "unsure"))]

    def sent(self, about: About) -> Sent:
        """What it means: what may be about one of those who would read it is about an adult who works here."""
        reader = self.reader in {"yes", "unsure"}
        return Sent(
            about="staff" if reader else about, of_reader=reader and about == "other", words=self.words, when=self.when,
            danger={"yes": True, "no": False}.get(self.danger),
            writer=cast("Writer", self.writer), name=self.name, subject_name=self.subject_name,
            subject_work=self.subject_work, in_charge=cast("Answer", self.in_charge),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The way back."""

    code: Annotated[str, Text(longest=UNREAD, required="Write your code here first.")]


@dataclass(frozen=True, slots=True)
class MessageForm:
    """One more message, with the code that it belongs to."""

    code: Annotated[str, Text(longest=UNREAD)]
    words: Annotated[str, Text(longest=UNREAD, lines=True)]


@dataclass(frozen=True, slots=True)
class Seen:
    """A moment that the page itself put in."""

    def read(self, fields: Fields, name: str, setting: Setting) -> datetime | None:
        """The moment; None for one that is not there or not ours, and then nothing counts as read."""
        try:
            found = datetime.fromisoformat(fields.get(name))
        except ValueError:
            return None
        return found if found.tzinfo else None


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """An answer of the organisation, or only that somebody read what was written."""

    words: Annotated[str, Text(longest=LONGEST_MESSAGE, lines=True)]
    seen: Annotated[datetime | None, Seen()]
    """When the last that the page showed was written by whoever reported it."""
    read: Annotated[str, Choice(("yes",))]


@dataclass(frozen=True, slots=True)
class AsideForm:
    """Held reports that are no reports."""

    reason: Annotated[str, Text(longest=500, required="Say why: the same sentence is kept with each of them.")]


def opened_now() -> str:
    """The moment at which a form is shown, sealed."""
    return keys.current().seal(SEAL, clock.now().isoformat().encode())


def took(opened: str) -> timedelta | None:
    """How long ago that was; None for a seal that is not ours."""
    try:
        return clock.now() - datetime.fromisoformat(keys.current().open(SEAL, opened).decode())
    except (Tampered, ValueError):
        return None
