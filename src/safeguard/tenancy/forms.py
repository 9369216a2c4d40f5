"""What the settings pages send."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.tenancy.details import Details
from safeguard.web.forms import Choice, Name, Text


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """One setting: a new value, or taking the choice back."""

    value: Annotated[str, Text(longest=5_000, lines=True)]
    seen: Annotated[str, Choice([str(number) for number in range(10_000)])]
    """The version that the page showed."""
    do: Annotated[str, Choice(("change", "reset"))]


@dataclass(frozen=True, slots=True)
class DetailsForm:
    """The organisation's own details."""

    name: Annotated[str, Text(longest=200, required="Give the organisation's name.")]
    time_zone: Annotated[str, Text(longest=60, required="Write a time zone such as Europe/London.")]
    urn: Annotated[str, Text(longest=20)]
    ukprn: Annotated[str, Text(longest=20)]
    second_person_name: Annotated[str, Name(longest=200)]
    second_person_email: Annotated[str, Text(longest=254)]
    seen: Annotated[str, Choice([str(number) for number in range(10_000)])]

    def details(self) -> Details:
        """As the verb wants them."""
        return Details(
            name=self.name, time_zone=self.time_zone, urn=self.urn, ukprn=self.ukprn,
            second_person_name=self.second_person_name, second_person_email=self.second_person_email,
        )  # fmt: skip
