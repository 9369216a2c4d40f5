"""`/verify`: the verifiers for anybody to fetch, and their hashes to compare."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from litestar import Request, get
from litestar.response import Response, Template

from safeguard.access.policy import PUBLIC
from safeguard.evidence import verifier
from safeguard.web.pages import page

MEDIA: Final = "application/octet-stream"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@get("/verify", permission=PUBLIC)
async def show_verifiers(request: Request[Any, Any, Any]) -> Template:
    """What there is to fetch, what each is for, and how to know that it is the right one."""
    own, program = verifier.page(), verifier.program()
    return page(
        request, "evidence/verify.html", own=verifier.digest_of(own), own_size=len(own),
        program=verifier.digest_of(program), program_size=len(program),
    )  # fmt: skip


@get("/verify/verify.html", permission=PUBLIC, sync_to_thread=False)
def send_page() -> Response[bytes]:
    """The page, to be kept and opened from a disk: what is opened from here shows what this server says today."""
    return _kept(verifier.page(), verifier.PAGE, {"Content-Security-Policy": verifier.policy()})


@get("/verify/safeguard-verify.pyz", permission=PUBLIC, sync_to_thread=False)
def send_program() -> Response[bytes]:
    """The command without the service."""
    return _kept(verifier.program(), verifier.PROGRAM)


def _kept(content: bytes, name: str, headers: Mapping[str, str] = NOTHING) -> Response[bytes]:
    to_keep = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA, headers={**to_keep, **headers})


ROUTES = [show_verifiers, send_page, send_program]
