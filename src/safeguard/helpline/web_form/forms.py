"""The forms of the public page."""

from dataclasses import dataclass
from typing import Annotated, Final

from safeguard.helpline.web_form.asking import Asked
from safeguard.web.forms import Choice, Text, Tick

WORDS: Final = 20_000
PASTED: Final = 200_000
LINE: Final = 200


@dataclass(frozen=True, slots=True)
class AskForm:
    """A professional asks the helpline."""

    summary: Annotated[str, Text(longest=WORDS, lines=True)]
    """Needed: `asking` says so together with whatever else is missing, so that nobody is sent back twice."""
    at_risk: Annotated[bool, Tick()]
    addresses: Annotated[str, Text(longest=PASTED, lines=True)]
    """Longer than a form holds: how many there are is said before how long they are together."""
    name: Annotated[str, Text(longest=LINE)]
    organisation: Annotated[str, Text(longest=LINE)]
    caller: Annotated[str, Text(longest=LINE)]
    sector: Annotated[str, Text(longest=LINE)]
    email: Annotated[str, Text(longest=254)]
    telephone: Annotated[str, Text(longest=60)]
    call_back: Annotated[bool, Tick()]
    call_when: Annotated[str, Text(longest=LINE)]

    def asked(self, *, welsh: bool = False, trapped: bool = False) -> Asked:
        """What is put into the box."""
        return Asked(
            summary=self.summary, at_risk=self.at_risk, addresses=self.addresses, name=self.name,
            organisation=self.organisation, caller=self.caller, sector=self.sector, email=self.email.strip().lower(),
            telephone=self.telephone, call_back=self.call_back, call_when=self.call_when, welsh=welsh,
            trapped=trapped,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RatingForm:
    """Whether it helped."""

    helpful: Annotated[str, Choice(("1", "2", "3", "4", "5"))]
    words: Annotated[str, Text(longest=2_000, lines=True)]
