"""What a first report asks, and what somebody may say that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class QuestionKind(StrEnum):
    """How a question is answered. What is built in has fields of its own in the record."""

    BUILT_IN = "built_in"
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    DAY = "day"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the first report."""

    code: str
    label: str
    identifies: bool
    """Whether an answer may say who somebody is: a redacted copy leaves it out."""
    hint: str = ""
    required: bool = False
    kind: QuestionKind = QuestionKind.BUILT_IN
    options: tuple[str, ...] = ()
    """Of a choice: the answers, as they are kept and read."""
    folded: bool = False
    """Whether it stands under "Add more detail", because most reports do without."""
    about: tuple[str, ...] = ()
    """The reported types for which it is asked; none: for all."""


@dataclass(frozen=True, slots=True)
class ReportedType:
    """What somebody may say that their report is about, in their words and before anybody has classified it."""

    code: str
    name: str
    hint: str = ""
    notice: str = ""
    """What they must know before they write on."""
    first: tuple[str, ...] = ()
    """Questions that are asked at once for this type, folded or not, in this order after what happened."""
    leave_out: tuple[str, ...] = ()
    """Questions that make no sense for it."""
    require: tuple[str, ...] = ()
    """Questions that must be answered for this type, whether or not every report has to."""
    hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What a question says beneath its label for this type."""
