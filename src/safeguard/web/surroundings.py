"""What the rooms above lend to pages: the organisation's words, the way to sign in, and where we are reached.

`app` fills this in at start-up. It lets pages say "pupil" or "resident" without this room knowing of profiles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from litestar import Request
from litestar.response import Response

from safeguard.web.exchange import Draft
from safeguard.work import Work


class Drafts(Protocol):
    """How drafts are kept, for the pages that begin with one and the forms that end one."""

    async def find(self, work: Work, draft_id: UUID, path: str) -> Draft | None:
        """One's own draft of the form at `path`."""
        ...

    async def drop(self, work: Work, draft_id: UUID) -> None:
        """What was drafted is sent."""
        ...


class SignInPage(Protocol):
    """How identity shows the way in."""

    def __call__(self, request: Request[Any, Any, Any], *, next_path: str, kept: str | None) -> Response[Any]:
        """The sign-in page; `kept` goes into its hidden field of that name and comes back with the password."""
        ...


class ProofPage(Protocol):
    """How identity asks somebody who is signed in to show more, or again, who they are."""

    def __call__(self, request: Request[Any, Any, Any], *, next_path: str, kept: str | None) -> Response[Any]:
        """The page of the second step; `kept` goes into its hidden field of that name and comes back with the code."""
        ...


class Undecided(Protocol):
    """How many acts wait for the agreement of whoever asks."""

    async def __call__(self, work: Work) -> int:
        """None for whoever decides nothing here."""
        ...


def _no_profile(_kind: str, _nation: str) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One deployment, as pages see it."""

    public_url: str = "http://localhost:8000"
    trusted_proxy: str | None = None
    profile_of: Callable[[str, str], Any] = _no_profile
    """Kind of organisation, nation -> its words and lists."""
    sign_in_page: SignInPage | None = None
    proof_page: ProofPage | None = None
    drafts: Drafts | None = None
    undecided: Undecided | None = None
    mails: bool = False
    """Whether a mail server is set, so that notices and links leave by mail too."""


_current = Surroundings()


def use(surroundings: Surroundings) -> None:
    """Make these the surroundings of this process."""
    global _current  # noqa: PLW0603  one deployment per process
    _current = surroundings


def current() -> Surroundings:
    """The surroundings of this process."""
    return _current
