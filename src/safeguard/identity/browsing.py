"""What somebody's browser brings along and is given: where they are, what it is called, and the device cookie.

`__Host-device` outlives the session, for half a year: on a device where its owner has signed in before, their sign-in
is never held up by somebody else's wrong guesses. It opens nothing by itself.
"""

from typing import Any, Final, TypeVar

from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Response

from safeguard.identity import browsers
from safeguard.identity.secret import hash_of
from safeguard.identity.signing_in import Browser, SignedIn
from safeguard.web import cookies, exchange

DEVICE: Final = "__Host-device"
HALF_A_YEAR: Final = 180 * 24 * 60 * 60
LONGEST_TOKEN: Final = 64
SHARED: Final = "shared"
"""The field that says: others use this computer too."""

R = TypeVar("R", bound=Response[Any])


def browser_of(request: Request[Any, Any, Any]) -> Browser:
    """The browser that sends this request; on a computer that others use, nothing is kept of it."""
    served = exchange.current()
    device = request.cookies.get(DEVICE, "")
    known = device if device.isascii() and 0 < len(device) <= LONGEST_TOKEN else None
    label = browsers.label(request.headers.get("user-agent", ""))
    shared = served.fields.get(SHARED) == "yes"
    return Browser(served.client, label, known, served.session_hash, served.request_id, shared)


def let_in(response: R, signed_in: SignedIn) -> R:
    """Give the browser its new session; whatever id it had before is replaced."""
    response.set_cookie(cookies.session_cookie(signed_in.session.text))
    if signed_in.device:
        response.set_cookie(
            Cookie(
                key=DEVICE, value=signed_in.device.text, path="/", secure=True, httponly=True, samesite="lax",
                max_age=HALF_A_YEAR,
            )
        )  # fmt: skip
    return response


def device_hash_of(request: Request[Any, Any, Any]) -> bytes:
    """What the database knows this browser by; of nobody's, when it has not signed in before."""
    return hash_of(request.cookies.get(DEVICE, ""))


def typed_password(field: str = "password") -> str:
    """A password, exactly as it was typed."""
    return exchange.current().fields.get(field)
