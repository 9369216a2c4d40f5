"""What people fill in here."""

from dataclasses import dataclass
from typing import Annotated, Final

from safeguard.sign_on.connecting import Wish
from safeguard.sign_on.providers import issuer_in
from safeguard.web.forms import Choice, Text

TWO_CLAIMS: Final = ("", "amr", "acr")


@dataclass(frozen=True, slots=True)
class Short:
    """An organisation's short name."""

    organisation: Annotated[str, Text(longest=100, required="Enter your organisation's short name.")]


@dataclass(frozen=True, slots=True)
class ConnectionForm:
    """A provider, as whoever set it up there was told."""

    label: Annotated[str, Text(longest=60, required="Say what your people call this account.")]
    issuer: Annotated[str, Text(longest=500, required="Enter the issuer's address.")]
    client_id: Annotated[str, Text(longest=200, required="Enter the client id.")]
    client_secret: Annotated[str, Text(longest=500)]
    subject_claim: Annotated[str, Choice(("sub", "oid"), required="Choose a claim.")]
    two_claim: Annotated[str, Choice(TWO_CLAIMS)]
    two_value: Annotated[str, Text(longest=200)]
    seen: Annotated[str, Text(longest=10)]

    def wish(self) -> Wish:
        """The same, for the verbs."""
        return Wish(
            self.label, issuer_in(self.issuer), self.client_id, self.client_secret, self.subject_claim, self.two_claim,
            self.two_value,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """Why members should sign in there."""

    reason: Annotated[str, Text(longest=2_000, lines=True, required="Say why: whoever agrees reads it.")]


@dataclass(frozen=True, slots=True)
class Exempt:
    """Somebody who keeps a password."""

    user_id: Annotated[str, Text(longest=36, required="Choose somebody.")]
    reason: Annotated[str, Text(longest=500, required="Say why they keep a password.")]
