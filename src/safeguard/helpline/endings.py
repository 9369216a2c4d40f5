"""How a closed case ended: a code, which is shown on the case, told to whoever referred it, and counted.

A case that is closed ended as it stood last, unless somebody who closes it says otherwise. Where it stood last says
nothing of that, they must say it: nothing is guessed into a figure. What was withdrawn or declined says so by its
state.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from safeguard.helpline.states import State

ENDINGS: Final = ("resolved", "not_upheld", "advice_given", "signposted", "no_answer", "other")
"""As the channel tells them; `no_answer` is that whoever asked, or the platform, never answered."""
STOOD: Final[Mapping[State, str]] = MappingProxyType({
    State.RESOLVED: "resolved", State.NOT_UPHELD: "not_upheld", State.ADVICE_GIVEN: "advice_given",
    State.SIGNPOSTED: "signposted",
})  # fmt: skip
"""The state in which a case stands before it is closed -> how it ended."""


def ending_of(before: State, after: State, said: str, *, heard: bool = False) -> str:
    """How a case ends with this step, empty where it does not or nobody knows.

    What the desk chose goes before where the case stood. What whoever asked `heard` says themselves comes after it: it
    is kept beside the desk's own word.
    """
    if after is not State.CLOSED:
        return ""
    stood = STOOD.get(before, "")
    return (stood or said) if heard else (said or stood)
