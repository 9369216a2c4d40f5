"""What a page offers to somebody who has to show, or to set up, a second factor. It asks the database for nothing."""

from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from safeguard.access import policy
from safeguard.identity.factors import apps, passkeys
from safeguard.identity.factors.passkeys import Question
from safeguard.web import keys, proving
from safeguard.web.keys import Tampered
from safeguard.web.viewing import Viewer

Mode = Literal["begin", "second", "again", "locked", "provider", "done"]

_PURPOSE: Final = "app to be"


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What the page of a first, or a further, second step shows."""

    secret: str
    """As it is typed by hand, in groups of four."""
    sealed: str
    picture: Markup
    address: str
    """The same for an app on this very telephone."""
    question: Question


def mode_of(viewer: Viewer) -> Mode:
    """What this person has to do now; `done` when nothing."""
    if viewer.is_locked:
        return "locked"
    if viewer.actor.assured:
        return "done" if proving.is_fresh(viewer) else "again" if viewer.enrolled else "provider"
    return "second" if viewer.enrolled else "begin"


def may_report_now(viewer: Viewer) -> bool:
    """Whether they may hand in a report before any second step."""
    return not viewer.actor.assured and not policy.needs_two(viewer.actor.roles)


def new_factor(
    viewer: Viewer, session_hash: bytes, secret: str | None = None, held: tuple[bytes, ...] = ()
) -> NewFactor:
    """A secret for an app, or the one that the page had already, and a question for a passkey."""
    assert viewer.actor.user_id is not None  # noqa: S101  a person is signed in
    letters = secret or apps.new_secret()
    address = apps.address_of(letters, viewer.email)
    sealed = keys.current().seal(_PURPOSE, letters.encode(), session_hash)
    question = passkeys.ask_for_new(viewer.actor.user_id, viewer.email, viewer.name, session_hash, held)
    return NewFactor(apps.spelt(letters), sealed, apps.picture_of(address), address, question)


def unseal(sealed: str, session_hash: bytes) -> str | None:
    """The secret that a page of this session showed; None for anything else."""
    try:
        return keys.current().open(_PURPOSE, sealed, session_hash).decode()
    except Tampered:
        return None
