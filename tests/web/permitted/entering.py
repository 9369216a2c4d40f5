"""Coming in, and one's own account: the routes and who may use them."""

from typing import Final

from safeguard.access.policy import PUBLIC, SIGNED_IN, Marker, Permission

P = Permission

ROUTES: Final[dict[str, Permission | Marker]] = {
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-in/passkey": PUBLIC,
    "GET /second-step": SIGNED_IN,
    "POST /second-step": SIGNED_IN,
    "GET /second-step/done": SIGNED_IN,
    "POST /lock": SIGNED_IN,
    "POST /unlock": SIGNED_IN,
    "GET /account/second-step": SIGNED_IN,
    "GET /account/second-step/add": SIGNED_IN,
    "POST /account/second-step/app": SIGNED_IN,
    "POST /account/second-step/passkey": SIGNED_IN,
    "POST /account/second-step/{factor_id}/remove": SIGNED_IN,
    "GET /account/second-step/codes": SIGNED_IN,
    "POST /account/second-step/codes": SIGNED_IN,
    "POST /account/second-step/browsers/forget": SIGNED_IN,
    "GET /who-sees-what": P.HOME_READ,
    "POST /sign-out": SIGNED_IN,
    "GET /signed-out": PUBLIC,
    "POST /switch": SIGNED_IN,
    "GET /invitation/{token}": PUBLIC,
    "POST /invitation/{token}": PUBLIC,
    "GET /account": SIGNED_IN,
    "GET /account/notices": SIGNED_IN,
    "POST /account/notices": SIGNED_IN,
    "POST /account/name": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/sessions/end": SIGNED_IN,
    "POST /account/sessions/{session_id}/end": SIGNED_IN,
    "GET /account/calendar": P.HOME_READ,
    "POST /account/calendar": P.HOME_READ,
    "POST /account/calendar/{feed_id}/end": P.HOME_READ,
    "GET /sign-in/with": PUBLIC,
    "POST /sign-in/with/{organisation}/{connection_id}": PUBLIC,
    "GET /sign-in/return": PUBLIC,
    "GET /account/sign-on": SIGNED_IN,
    "POST /account/sign-on/{connection_id}/link": SIGNED_IN,
    "POST /account/sign-on/{connection_id}/unlink": SIGNED_IN,
    "GET /forgotten": PUBLIC,
    "POST /forgotten": PUBLIC,
    "GET /reset/{token}": PUBLIC,
    "POST /reset/{token}": PUBLIC,
}
