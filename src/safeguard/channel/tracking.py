"""What platforms put behind an address to follow who shared it: it says nothing of the page, and often who copied it.

Two addresses that differ in such words alone are one. Only words that are well known to be of that kind are left out:
what merely looks like one may choose the page. Where a word is that on one platform alone, its hosts are named.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_plus

_BEGINNINGS: Final = ("utm_", "mtm_", "pk_", "hsa_", "__cft__", "__tn__")
_EVERYWHERE: Final = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid", "li_fat_id",
    "igsh", "igshid", "si", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "ref_src", "ref_url", "mibextid",
    "share_id", "is_from_webapp", "sender_device", "share_app_id", "share_link_id", "tt_from", "_branch_match_id",
    "srsltid",
})  # fmt: skip
_OF_HOSTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "x.com": frozenset({"s", "t"}), "twitter.com": frozenset({"s", "t"}),
    "tiktok.com": frozenset({"_t", "_r", "u_code", "share_item_id"}),
    "youtube.com": frozenset({"feature", "pp"}), "youtu.be": frozenset({"feature"}),
})  # fmt: skip


def without_tracking(host: str, query: str) -> str:
    """A query as it was written, less the words that only follow who shared it."""
    local = next((words for name, words in _OF_HOSTS.items() if host == name or host.endswith(f".{name}")), frozenset())
    return "&".join(part for part in query.split("&") if not _follows(part, local))


def _follows(part: str, local: frozenset[str]) -> bool:
    name = unquote_plus(part.partition("=")[0]).lower()
    return name in _EVERYWHERE or name in local or name.startswith(_BEGINNINGS)
