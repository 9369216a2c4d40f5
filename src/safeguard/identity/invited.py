"""Links of invitations that were just made: mailed where the service sends mail, shown this once, and as a file."""

import base64
from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.response import Template

from safeguard.identity.inviting import Invited
from safeguard.post.posting import post_mail_to
from safeguard.web import surroundings
from safeguard.web.pages import page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import table
from safeguard.work import Work


async def show_links(
    request: Request[Any, Any, Any],
    work: Work,
    invited: Sequence[Invited],
    *,
    left_out: Sequence[tuple[str, str]] = (),
    wrong: int = 0,
) -> Template:
    """The page of links. `left_out` is who got none, and why; `wrong` how many rows of a table need another look."""
    if surroundings.current().mails:
        for one in invited:
            await post_mail_to(work, one.email, "invitation", link=one.path)
    base = surroundings.current().public_url.rstrip("/")
    links = [(one.email, base + one.path, one.waits_for is not None) for one in invited]
    return page(
        request, "identity/invited.html", links=links, left_out=left_out, wrong=wrong,
        mails=surroundings.current().mails, file=_file_of(links),
    )  # fmt: skip


def _file_of(links: list[tuple[str, str, bool]]) -> str:
    """The links as a file in the page itself: they are kept nowhere from which another page could give it."""
    whole = table(TableForm.CSV, ("Email", "Link"))
    whole.add([link[:2] for link in links])
    return f"data:text/csv;base64,{base64.b64encode(whole.file()).decode()}"
