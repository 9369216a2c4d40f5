"""The forms of alerts."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.helpline.alerts.signalling import NewSignal
from safeguard.helpline.forms import NAME_LIMIT, Codes
from safeguard.web.forms import Text


@dataclass(frozen=True, slots=True)
class SignalForm:
    """What is said, and to whom."""

    title: Annotated[str, Text(longest=NAME_LIMIT, required="Say in one line what is going round.")]
    words: Annotated[str, Text(longest=5_000, lines=True, required="Say how it is recognised.")]
    to_do: Annotated[str, Text(longest=5_000, lines=True, required="Say what they can do about it.")]
    platform: Annotated[str, Text(longest=NAME_LIMIT)]
    kinds: Annotated[tuple[str, ...], Codes()]
    nations: Annotated[tuple[str, ...], Codes()]

    def signal(self) -> NewSignal:
        """What the domain is told."""
        return NewSignal(
            title=self.title, words=self.words, to_do=self.to_do, platform=self.platform, kinds=self.kinds,
            nations=self.nations,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttachForm:
    """To which control, and what was done."""

    control: Annotated[str, Text(longest=NAME_LIMIT, required="Choose a control.")]
    did: Annotated[str, Text(longest=5_000, lines=True)]
