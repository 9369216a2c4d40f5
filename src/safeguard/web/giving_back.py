"""What was typed into a form that is refused: given back to copy, or to send again where that can help."""

from dataclasses import dataclass

from safeguard.web.exchange import Exchange

SENDING_AGAIN_HELPS = frozenset({"stale-form", "fault", "unavailable", "sent-already"})
"""Refusals of which the form itself is not the reason."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed into the form that is refused."""

    action: str
    typed: tuple[tuple[str, str], ...]
    again: tuple[tuple[str, str], ...]
    """The fields to send again, when sending again can help."""


def kept(served: Exchange, code: str) -> Kept | None:
    """What is given back; passwords are typed again."""
    if served.method == "GET" or code == "foreign":
        return None
    typed = tuple(pair for pair in served.fields.typed() if "password" not in pair[0])
    again = served.fields.sent() if code in SENDING_AGAIN_HELPS and served.token else ()
    if code == "sent-already":  # then it is another act, and no longer what was begun as that draft
        again = served.fields.content()
    if any("password" in name for name, _ in again):
        again = ()
    return Kept(served.path, typed, again) if typed or again else None
