"""What people fill in here. Passwords are read apart from these, as they were typed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.errors import DomainError, FieldError, Invalid
from safeguard.identity.granting import NEVER_BY_HAND
from safeguard.identity.issuing import DAYS
from safeguard.identity.removing import REASONS
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Many, Name, Setting, Text

ROLES: Final = tuple(role.value for role in Role if role not in NEVER_BY_HAND)
LIFETIMES: Final = ("7", "30", str(DAYS), "366")

_EMAIL = Text(longest=254, required="Enter an email address.")
_REASON = Text(longest=2_000, lines=True)
_ROLES = Many(ROLES, required="Choose at least one role.")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Boxes of a list that differs between kinds of organisation."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """What was ticked, each once."""
        return tuple(dict.fromkeys(value.strip() for value in fields.all(name) if value.strip()))


@dataclass(frozen=True, slots=True)
class SignIn:
    """The way in."""

    email: Annotated[str, _EMAIL]
    next: Annotated[str, Text(longest=2_000)]


@dataclass(frozen=True, slots=True)
class ByPasskey:
    """The way in by a passkey alone; its answer is read apart."""

    next: Annotated[str, Text(longest=2_000)]


@dataclass(frozen=True, slots=True)
class Join:
    """A new person's own name."""

    name: Annotated[str, Name(required="Enter your name, as your colleagues know you.")]


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for oneself."""

    name: Annotated[str, Name(required="Enter your name, as your colleagues know you.")]


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A change of password; both fields are read as they were typed."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Whose password is lost."""

    email: Annotated[str, _EMAIL]


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody to invite, and why, for whoever has to agree to a role."""

    email: Annotated[str, _EMAIL]
    roles: Annotated[tuple[str, ...], _ROLES]
    reason: Annotated[str, _REASON]


@dataclass(frozen=True, slots=True)
class Roles:
    """A member's roles; for a deputy, perhaps, from a day until a day, both included."""

    roles: Annotated[tuple[str, ...], _ROLES]
    deputy_from: Annotated[date | None, Day(past=False)]
    deputy_until: Annotated[date | None, Day(past=False)]
    reason: Annotated[str, _REASON]


@dataclass(frozen=True, slots=True)
class PastoralScope:
    """What is assigned to a pastoral member. Codes are compared with the organisation's own lists by the route."""

    groups: Annotated[str, Text(longest=5_000, lines=True)]
    issue_types: Annotated[tuple[str, ...], AnyOf()]
    risk_areas: Annotated[tuple[str, ...], AnyOf()]


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no to what somebody asked for, and why."""

    do: Annotated[str, Choice(("approve", "decline"), required="Choose whether to approve or decline.")]
    reason: Annotated[str, _REASON]


@dataclass(frozen=True, slots=True)
class LostStep:
    """Why somebody is to set up their second step anew."""

    lost_reason: Annotated[str, Text(longest=2_000, lines=True, required="Say why: the person who decides reads it.")]


@dataclass(frozen=True, slots=True)
class Handover:
    """Who takes over, and why."""

    successor: Annotated[str, Text(longest=36, required="Choose who takes over.")]
    handover_reason: Annotated[
        str, Text(longest=2_000, lines=True, required="Say why: the person who decides reads it.")
    ]


@dataclass(frozen=True, slots=True)
class NewLead:
    """Who becomes the lead, in whose place, and why."""

    leaving: Annotated[str, Text(longest=36)]
    then: Annotated[str, Choice(("leaves", "stays"))]
    taking: Annotated[str, Text(longest=36, required="Choose who becomes the lead.")]
    lead_reason: Annotated[str, Text(longest=2_000, lines=True, required="Say why: the person who decides reads it.")]


@dataclass(frozen=True, slots=True)
class Removal:
    """Why somebody is taken out, and words for whoever has to agree."""

    why: Annotated[str, Choice(tuple(REASONS), required="Choose why they are taken out.")]
    words: Annotated[str, _REASON]


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token for a program."""

    name: Annotated[str, Text(longest=100, required="Say which program will use it.")]
    role: Annotated[str, Choice(ROLES, required="Choose whose rights it has at most.")]
    scopes: Annotated[tuple[str, ...], Many(tuple(Scope), required="Choose what it is for: at least one of these.")]
    days: Annotated[str, Choice(LIFETIMES, required="Choose how long it works.")]
    reason: Annotated[str, _REASON]


def told(form: Form[Any], refusal: DomainError, field: str) -> Form[Any]:
    """The form with the reason why it was refused, beside the field that it is about."""
    return form.refused(refusal if isinstance(refusal, Invalid) else Invalid(FieldError(field, refusal.detail)))
