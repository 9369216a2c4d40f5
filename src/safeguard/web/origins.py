"""Whether a change was asked for by a page of ours.

`Sec-Fetch-Site` decides where the browser sends it (all since 2023). Older ones send `Origin`; it is `null` under
our no-referrer policy, and then the token in the form decides alone.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

OURS = frozenset({"same-origin", "none"})
"""`none` is the person themselves: a form sent again after restarting the browser."""


def is_foreign(headers: Mapping[str, str], base: str, public_url: str) -> bool:
    """Whether another site asks. `base` is our `https://host` as the browser sees it."""
    if site := headers.get("sec-fetch-site"):
        return site not in OURS
    origin = headers.get("origin")
    return origin not in {None, "null", base, origin_of(public_url)}


def origin_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
