"""Why nobody attested a pack, in words for its README and its page. The pack is made all the same."""

from enum import StrEnum


class Fault(StrEnum):
    """What went wrong with somebody outside, or with what they gave us."""

    LATE = "late"
    AWAY = "away"
    UNFIT = "unfit"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    UNUSABLE = "unusable"


class Unattested(Exception):
    """There is no timestamp, or no signature, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
