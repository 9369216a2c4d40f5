"""`/transfer/{secret}`: the page at which somebody outside takes a file, once."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from safeguard.access.policy import PUBLIC
from safeguard.errors import BadRequest, Gone, Invalid
from safeguard.identity.secret import hash_of
from safeguard.transfers.forms import HandForm
from safeguard.transfers.handing import Handed, Taker, find_handed, take
from safeguard.web import exchange
from safeguard.web.forms import Form, blank, read
from safeguard.web.headers import SANDBOX
from safeguard.web.pages import HTML, environment_of, given, new_cookies

OVER, REFUSED = 410, 422
NOBODY = HandForm("", "", "", "", "", meant=False)


@get("/transfer/{token:str}", permission=PUBLIC)
async def show_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """From whom it is, and what is needed to take it. Of whom it is, nothing."""
    return _page(request, await find_handed(hash_of(token)), blank(HandForm, form="read"))


@post("/transfer/{token:str}", permission=PUBLIC, status_code=200)
async def take_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The file; or why not."""
    form, handed, served = await read(request, HandForm), await find_handed(hash_of(token)), exchange.current()
    if served.token is None:
        raise BadRequest
    if form.errors and (handed.state == "open" or (handed.again and form["passphrase"].strip())):
        return _page(request, handed, form, REFUSED)
    said = form.found or NOBODY
    taker = Taker(said.name, said.role, said.place)
    try:
        content = await take(
            handed, said.passphrase if said else "", taker, said.form if said else "", served.request_id
        )
    except Invalid as refusal:
        return _page(request, await find_handed(hash_of(token)), form.refused(refusal), REFUSED)
    except Gone as refusal:
        return _page(request, await find_handed(hash_of(token)), form, OVER, refusal.detail)
    ending = "zip" if said.form == "read" else "age"
    headers = {
        "Content-Disposition": f'attachment; filename="file-{str(handed.transfer_id)[:8]}.{ending}"',
        "Content-Security-Policy": SANDBOX,
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _page(
    request: Request[Any, Any, Any], handed: Handed, form: Form[HandForm], status: int = 200, problem: str = ""
) -> Response[str]:
    """Rendered here and now: whoever takes it has no session."""
    served = exchange.current()
    shown = {
        "handed": handed,
        "form": form,
        "errors": form.errors if handed.state == "open" or (handed.again and status == REFUSED) else (),
        "problem": problem,
    }
    words = environment_of(request).get_template("transfers/link.html").render(**given(served), **shown)
    over = handed.state != "open" and status != REFUSED
    return Response(words, status_code=OVER if over else status, media_type=HTML, cookies=new_cookies(served))


ROUTES = [show_link, take_link]
