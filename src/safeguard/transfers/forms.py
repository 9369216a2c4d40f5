"""The forms of transfers."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from safeguard.transfers.wording import STAYS, WAYS
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Setting, Text, Tick

WHO = "Give your full name, as it stands on the receipt."
ROLE = "Say what you are there, such as safeguarding lead."


@dataclass(frozen=True, slots=True)
class Ids:
    """Things of ours that were ticked."""

    def read(self, fields: Fields, name: str, setting: Setting) -> frozenset[UUID]:
        """Their ids; `ValueError` for what the page did not offer."""
        try:
            return frozenset(UUID(value) for value in fields.all(name) if value)
        except ValueError:
            raise ValueError("Choose from what is on the page.") from None


@dataclass(frozen=True, slots=True)
class OneId:
    """One thing of ours, or none."""

    def read(self, fields: Fields, name: str, setting: Setting) -> UUID | None:
        """Its id."""
        said = fields.get(name).strip()
        try:
            return UUID(said) if said and said != "new" else None
        except ValueError:
            raise ValueError("Choose from what is on the page.") from None


@dataclass(frozen=True, slots=True)
class StaysForm:
    """No file goes, because."""

    stays: Annotated[str, Choice(tuple(STAYS), required="Choose why no file goes.")]
    because: Annotated[
        str, Text(longest=2000, lines=True, required="Say it in a sentence: whoever inspects the record reads it.")
    ]


@dataclass(frozen=True, slots=True)
class SendForm:
    """To whom a file goes, why, and what of it stays."""

    way: Annotated[str, Choice(tuple(WAYS), required="Choose how it goes.")]
    search: Annotated[str, Text(longest=200)]
    receiver: Annotated[UUID | None, OneId()]
    recipient: Annotated[str, Text(longest=300)]
    person: Annotated[str, Text(longest=200)]
    role: Annotated[str, Text(longest=200)]
    telephone: Annotated[str, Text(longest=100)]
    basis: Annotated[
        str, Text(longest=2000, lines=True, required="Say why it is sent, and that you may: it stands on the record.")
    ]
    leave: Annotated[frozenset[UUID], Ids()]
    names: Annotated[bool, Tick()]
    files: Annotated[bool, Tick()]
    why: Annotated[str, Text(longest=2000, lines=True)]


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why something ends."""

    reason: Annotated[str, Text(longest=2000, lines=True, required="Say why.")]


@dataclass(frozen=True, slots=True)
class SlipForm:
    """What stands on a slip that came back."""

    by: Annotated[str, Text(longest=200, required="Who signed the slip?")]
    role: Annotated[str, Text(longest=200, required="What are they there?")]
    received_on: Annotated[date | None, Day(required="Which day stands on the slip?")]


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Who opens a file that came."""

    role: Annotated[str, Text(longest=200, required=ROLE)]
    sure: Annotated[bool, Tick(required="Tick that it is meant for you: opening it sends a receipt in your name.")]


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What opens a file from outside."""

    passphrase: Annotated[str, Text(longest=300, required="Type the passphrase that the sender read to you.")]


@dataclass(frozen=True, slots=True)
class TakeForm:
    """Whose file it is here."""

    person: Annotated[str, Text(longest=50, required="Choose who this is here, or that they are new.")]
    looked: Annotated[bool, Tick(required="Tick that you have looked at what is in it.")]


@dataclass(frozen=True, slots=True)
class HandForm:
    """Who takes a file by a link."""

    passphrase: Annotated[str, Text(longest=100, required="Type the passphrase that was read to you.")]
    name: Annotated[str, Text(longest=200, required=WHO)]
    role: Annotated[str, Text(longest=200, required=ROLE)]
    place: Annotated[str, Text(longest=300, required="Name your school, club or provider.")]
    form: Annotated[str, Choice(("read", "sealed"), required="Choose how you want the file.")]
    meant: Annotated[bool, Tick(required="Tick that it is meant for you.")]
