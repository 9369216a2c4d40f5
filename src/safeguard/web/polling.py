"""Parts of a page that are asked for anew every few seconds while somebody looks.

A part names the mark of what it shows (`?seen=`). Where that is still so, the answer has no body at all (204), which
HTMX leaves alone: nothing moves under whoever reads or writes, and nothing is told to the log. A conditional request
(`ETag`, 304) would do the same only where the browser may keep what it got, and ours keep nothing (`no-store`).

A part never leads away from its page. Somebody may be in the middle of a sentence, and a page that is locked keeps what
was typed underneath. Once nobody is signed in any more it is told so, and asks no further (286, as HTMX has it).
"""

import hashlib
import json
from typing import Any, Final

from litestar import Request
from litestar.response import Response

from safeguard.web.languages import gettext as _
from safeguard.web.pages import wants_fragment

SEEN: Final = "seen"
STOP: Final = 286
SIGNED_OUT: Final = "You were signed out. This page shows what it had by then, and what you typed is still on it."


def seen(request: Request[Any, Any, Any]) -> str | None:
    """The mark of what the page shows, where a part of it is asked for anew; None for whoever opens the page."""
    return request.query_params.get(SEEN) if wants_fragment(request) else None


def unchanged() -> Response[bytes]:
    """Nothing is new."""
    return Response(b"", status_code=204, headers={"Vary": "HX-Request"})


def over() -> Response[bytes]:
    """Nobody is signed in any more: the page stays as it is, and stops asking."""
    said = json.dumps({"announce": _(SIGNED_OUT)})
    return Response(b"", status_code=STOP, headers={"HX-Reswap": "none", "HX-Trigger": said})


def mark(*shown: object) -> str:
    """A short name for what is shown: another one when any of it is."""
    return hashlib.sha256("\n".join(map(str, shown)).encode()).hexdigest()[:16]
