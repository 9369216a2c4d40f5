"""Typed text is not lost when a session ends.

A form that is refused because nobody is signed in comes back sealed in a hidden field of the sign-in page: encrypted
with the server's key, for one hour, for the person whose form it was and nobody else. After they have signed in it is
shown again, ready to send. Nothing of it is stored here, and it is never sent by itself: a person presses the button.
"""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.web import keys
from safeguard.web.exchange import Exchange
from safeguard.web.fields import Fields
from safeguard.web.keys import Tampered

LIFETIME = timedelta(hours=1)
PURPOSE = "kept form"


class KeptForm(msgspec.Struct, frozen=True, array_like=True):
    """A form that could not be taken, with all that was typed."""

    path: str
    user_id: UUID
    organisation_id: UUID
    until: float
    pairs: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> Fields:
        """The fields, without the token of the session that has ended."""
        return Fields.of(self.pairs)


@dataclass(frozen=True, slots=True)
class Unopened(Exception):
    """A kept form that this person cannot have back, and why."""

    sentence: str


TOO_LATE = "What you typed before was kept for an hour, and that hour has passed."
NOT_YOURS = "What was typed before belongs to another person, so it was not opened."


def keep(exchange: Exchange, *, pressed: bool = False) -> str | None:
    """The form of this request, sealed for whoever it belonged to; None when that is nobody, or nothing was typed.

    `pressed`: a button without fields is kept too, so that whoever proves who they are need not look for it again.
    """
    if exchange.token is None or any(_is_secret(name) for name in exchange.fields):
        return None  # a password is typed again, never shown again
    if not (pressed or exchange.fields.typed()):
        return None
    until = (clock.now() + LIFETIME).timestamp()
    form = KeptForm(
        exchange.path, exchange.token.user_id, exchange.token.organisation_id, until, exchange.fields.sent()
    )
    return keys.current().seal(PURPOSE, zlib.compress(msgspec.msgpack.encode(form), 6))


def _is_secret(name: str) -> bool:
    return "password" in name or "secret" in name


def open_kept(sealed: str, user_id: UUID) -> KeptForm:
    """The form, for the person it was kept for; raises `Unopened`."""
    form = _opened(sealed)
    if form is None or form.until < clock.now().timestamp():
        raise Unopened(TOO_LATE)
    if form.user_id != user_id:
        raise Unopened(NOT_YOURS)
    return form


def organisation_of(sealed: str) -> UUID | None:
    """The organisation in which the form was typed: signing in leads back there."""
    form = _opened(sealed)
    return form and form.organisation_id


def _opened(sealed: str) -> KeptForm | None:
    try:
        packed = keys.current().open(PURPOSE, sealed)
    except Tampered:
        return None
    return msgspec.msgpack.decode(zlib.decompress(packed), type=KeptForm)
