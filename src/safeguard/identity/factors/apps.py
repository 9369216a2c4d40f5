"""Authenticator apps: codes of six digits that change every half minute (TOTP, RFC 6238).

A code is taken once: the half minute that it belongs to is written down in the same statement, and only a later one
counts from then on. The half minute before and the one after are taken too, for telephones whose clock is off.
"""

from base64 import b32encode
from io import BytesIO
from typing import Final
from uuid import UUID

import segno
from markupsafe import Markup
from pyotp.totp import TOTP

from safeguard import clock
from safeguard.identity.factors import sealing
from safeguard.web import keys
from safeguard.work import Work

PERIOD: Final = 30
"""Seconds that a code holds."""
SECRET_BYTES: Final = 20
"""160 bits, as RFC 4226 §4 recommends."""
DIGITS: Final = 6
ISSUER: Final = "Safeguard"
APART: Final = (0, -1, 1)
"""Half minutes by which a telephone's clock may be off."""

OWN: Final = "select id, sealed, last_step from identity.own_apps()"
USE: Final = "select identity.use_app($1, $2)"
ADD: Final = "select identity.add_app($1, $2, $3, $4)"
AGAIN: Final = "select identity.seal_app_again($1, $2)"


def new_secret() -> str:
    """A secret for one app, in the letters that apps take."""
    return b32encode(clock.random_bytes(SECRET_BYTES)).decode()


def address_of(secret: str, email: str) -> str:
    """What the picture says: an `otpauth:` address, as apps agree on."""
    return TOTP(secret, name=email, issuer=ISSUER).provisioning_uri()


def picture_of(address: str) -> Markup:
    """The address as a QR code: SVG that needs neither style nor script, so that it may stand in a page of ours."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=4, light="#fff", dark="#000", omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  drawn by us: shapes, and nothing that anybody typed


def spelt(secret: str) -> str:
    """The secret in groups of four, to be typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str) -> int | None:
    """Which half minute this code belongs to; None when it is wrong. Blanks in it make no difference."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    here, maker = int(clock.now().timestamp()) // PERIOD, TOTP(secret)
    found = [here + off for off in APART if keys.same(maker.generate_otp(here + off).encode(), typed.encode())]
    return found[0] if found else None


async def take(work: Work, code: str) -> bool:
    """Whether this is a fresh code of one of the person's apps, in a `sign-in` context."""
    person = person_of(work)
    for row in await work.driver.fetch(OWN):
        secret = sealing.current().open(row["sealed"], person, row["id"])
        step = step_of(secret.decode(), code)
        if step is not None and await work.driver.fetchval(USE, row["id"], step):
            if sealing.current().is_outdated(row["sealed"]):
                await work.driver.execute(AGAIN, row["id"], sealing.current().seal(secret, person, row["id"]))
            return True
    return False


async def add(work: Work, secret: str, code: str, label: str) -> UUID | None:
    """Keep an app once its first code is right: that code is used up. None when it is wrong."""
    step = step_of(secret, code)
    if step is None:
        return None
    factor = clock.new_id()
    sealed = sealing.current().seal(secret.encode(), person_of(work), factor)
    await work.driver.execute(ADD, factor, label, sealed, step)
    return factor


def person_of(work: Work) -> UUID:
    """Whose factors these are."""
    if work.actor.user_id is None:
        raise TypeError("only a person has factors")
    return work.actor.user_id
