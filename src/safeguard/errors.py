"""Refusals: what went wrong, in a sentence that a tired person can act on.

A `DomainError` carries a status for the web and a stable code for programs. Whatever is raised that is not one of
these is a fault of ours, and is shown with nothing but a reference.
"""

from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """A request that the service understood and refuses, with the reason in plain words."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "There is a problem with this request"
    sentence: ClassVar[str] = "Check what was sent and try again."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.sentence)

    @property
    def detail(self) -> str:
        """What happened, that nothing is lost, and what to do."""
        return str(self.args[0])


class BadRequest(DomainError):
    """What came cannot be read at all: broken bytes, a tampered cursor, too many fields."""


class SignInRequired(DomainError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    code = "sign-in-required"
    title = "Sign in to continue"
    sentence = "Your session has ended. Sign in again to carry on."


class ProofRequired(DomainError):
    """Somebody is signed in, and has to show more, or again, who they are before this."""

    status = 401
    code = "proof-required"
    title = "Show that it is you"
    sentence = "This needs your second step. Nothing is lost: show that it is you, then go on."


class Forbidden(DomainError):
    """The person may know that the thing exists, and may not do this to it."""

    status = 403
    code = "forbidden"
    title = "You cannot do this"
    sentence = "Your role in this organisation does not allow this. Ask your safeguarding lead if you think it should."


class OnlyRead(Forbidden):
    """The person sees the thing in an emergency alone, for an hour: that is for reading."""

    code = "read-in-emergency"
    title = "You can read this, and not change it"
    sentence = (
        "You see this in an emergency, for an hour: you can read it, and nothing is added to it or decided."
        " Those whom it is kept to do that."
    )


class NotAnsweredFor(Forbidden):
    """A program's role would allow this; whoever answers for its token may not do it themselves, or no longer."""

    code = "sponsor-may-not"
    title = "Whoever answers for this token may not do this"

    def __init__(self) -> None:
        super().__init__(
            "A token may never do more than whoever answers for it, and they may not do this now. Somebody who may"
            " replaces the token: then they answer for it."
        )


class OutOfScope(Forbidden):
    """A program's role would allow this; its token was not made for it."""

    code = "insufficient-scope"
    title = "This token was not made for this"

    def __init__(self, *scopes: str) -> None:
        named = " or ".join(scopes) or "everything its role may"
        super().__init__(
            f"This token was not made for this. Make one with {named}: a token keeps what it was made for."
        )
        self.scopes = scopes


class NotFound(DomainError):
    """There is no such thing, or none that this person may know of: both look the same."""

    status = 404
    code = "not-found"
    title = "Page not found"
    sentence = "There is nothing at this address that you can open. Check the address, or go back to the start."


class Conflict(DomainError):
    """Somebody else was first, or the record is not in a state that allows this."""

    status = 409
    code = "conflict"
    title = "This has changed since you opened it"
    sentence = "Somebody else changed this while you were working. Open it again to see what is there now."


class SentAlready(Conflict):
    """What this form was begun as was sent, with other words than these: from another window, or before going back."""

    code = "sent-already"
    title = "You have sent this already"
    sentence = (
        "It was sent from another window, or before you went back to it, and it is kept. What stands in this form is"
        " different, so nothing was recorded a second time."
    )

    def __init__(self, first: str) -> None:
        super().__init__()
        self.first = first
        """Where what was sent is."""


class Gone(DomainError):
    """It was there and is not any more: an invitation that was used or has expired."""

    status = 410
    code = "gone"
    title = "This is no longer available"
    sentence = "This link has been used or has expired. Ask for a new one."


class TooLarge(DomainError):
    """More bytes, fields or characters than the service takes at once."""

    status = 413
    code = "too-large"
    title = "That is too much at once"
    sentence = "What you sent is larger than this page takes. Shorten it and send it again."


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its name in the form, and the sentence shown beside it."""

    field: str
    message: str


class Invalid(DomainError):
    """Some fields need another look. Everything typed is kept."""

    status = 422
    code = "invalid"
    title = "There is a problem"
    sentence = "Some answers need another look. Everything you typed is still here."

    def __init__(self, *errors: FieldError, detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = errors


class TooManyRequests(DomainError):
    """Too many tries in too short a time."""

    status = 429
    code = "too-many-requests"
    title = "Too many tries"
    sentence = "There have been too many tries. Wait a little and try again."

    def __init__(self, detail: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds after which another try is welcome."""


class Unavailable(DomainError):
    """A part of the service is not there at the moment."""

    status = 503
    code = "unavailable"
    title = "The service is not available"
    sentence = "Part of the service is not available at the moment. Try again in a minute."
