"""A report form as it is asked: the kind's questions, overlaid with the organisation's choices.

The choices are a difference: what a later release adds to the kind's questions is asked too. Each version of them is
kept with every question as it was asked then, so that an old incident shows the form it was made with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import msgspec

from safeguard.tenancy.checking import KEPT, KEPT_IN_TYPES
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question, QuestionKind, ReportedType

NARRATIVE: Final = "narrative"
WHY_KEPT: Final[Mapping[str, str]] = {
    "narrative": "What happened is what a report is: it is always asked, and always has to be answered.",
    "danger": "Whether anybody is in danger is always asked, so that nobody waits who should call 999.",
}


class Changed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an organisation changed of a question that its kind asks. What is None stays as the kind has it."""

    label: str | None = None
    hint: str | None = None
    required: bool | None = None
    folded: bool | None = None
    hidden: bool = False


class Own(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question of the organisation's own. One that is hidden stays here: its code is never used again."""

    code: str
    label: str
    kind: QuestionKind
    hint: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    identifies: bool = True
    folded: bool = False
    about: tuple[str, ...] = ()
    hidden: bool = False


class OfType(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an organisation made of the form for one type of report. What is None stays as the kind has it."""

    first: tuple[str, ...] | None = None
    leave_out: tuple[str, ...] | None = None
    require: tuple[str, ...] | None = None
    hints: dict[str, str] | None = None
    notice: str | None = None


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an organisation made of its kind's form."""

    order: tuple[str, ...] = ()
    changed: dict[str, Changed] = {}
    own: tuple[Own, ...] = ()
    types: dict[str, OfType] = {}


TAILORED: Final = OfType.__struct_fields__


@dataclass(frozen=True, slots=True)
class Page:
    """The questions of one report, as they stand on its page."""

    main: tuple[Question, ...]
    folded: tuple[Question, ...]
    notice: str = ""

    @property
    def all(self) -> tuple[Question, ...]:
        """Every question."""
        return (*self.main, *self.folded)

    @property
    def own(self) -> tuple[Question, ...]:
        """Those that the record has no fields for."""
        return tuple(question for question in self.all if question.kind is not QuestionKind.BUILT_IN)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form: which questions, in which order. `number` is its version, None for the form of the kind."""

    number: int | None
    questions: tuple[Question, ...]
    reported: Mapping[str, ReportedType] = field(default_factory=lambda: MappingProxyType({}))
    """What could be said that a report is about, with what is asked for each and its guidance."""

    def label(self, code: str) -> str:
        """How it asks a question; empty for one that it does not ask."""
        return next((question.label for question in self.questions if question.code == code), "")

    def page(self, reported: ReportedType | None = None) -> Page:
        """What is asked in a report of this type; of every type where it does not say."""
        code = reported.code if reported else ""
        left_out = set(reported.leave_out) - KEPT_IN_TYPES if reported else set[str]()
        asked = [q for q in self.questions if q.code not in left_out and (not q.about or code in q.about)]
        if reported is None:
            return Page(tuple(q for q in asked if not q.folded), tuple(q for q in asked if q.folded))
        asked = [
            replace(q, hint=reported.hints.get(q.code, q.hint), required=q.required or q.code in reported.require)
            for q in asked
        ]
        main = tuple(_brought_forward(asked, reported.first))
        return Page(main, tuple(q for q in asked if q not in main), reported.notice)


def _brought_forward(asked: list[Question], first: tuple[str, ...]) -> Iterator[Question]:
    """What stands at once, and right after what happened the questions that the type is about."""
    by_code = {question.code: question for question in asked}
    for question in asked:
        if not question.folded and question.code not in first:
            yield question
        if question.code == NARRATIVE:
            yield from (by_code[code] for code in first if code in by_code)


def asked_of(profile: Profile, choices: Choices | None = None, number: int | None = None) -> Asked:
    """The form of a kind, with an organisation's choices laid over it."""
    if choices is None:
        return Asked(number, profile.ordered_questions(), profile.reported)
    questions = tuple(question for question, hidden in every_question(profile, choices) if not hidden)
    return Asked(number, questions, types_of(profile.reported, choices))


def types_of(reported: Mapping[str, ReportedType], choices: Choices) -> Mapping[str, ReportedType]:
    """What a kind asks for each type of report, with an organisation's choices laid over it."""
    return MappingProxyType({code: _laid(told, choices.types.get(code, OfType())) for code, told in reported.items()})


def _laid(told: ReportedType, chosen: OfType) -> ReportedType:
    return replace(told, **{name: said for name in TAILORED if (said := getattr(chosen, name)) is not None})


def every_question(profile: Profile, choices: Choices) -> Iterator[tuple[Question, bool]]:
    """Every question in order, and whether it is hidden."""
    known: Mapping[str, tuple[Question, bool]] = MappingProxyType(
        {q.code: _changed(q, choices.changed.get(q.code, Changed())) for q in profile.ordered_questions()}
        | {own.code: (_own(own), own.hidden) for own in choices.own}
    )
    for code in dict.fromkeys((*choices.order, *known)):
        if code in known:
            yield known[code]


def _changed(question: Question, changed: Changed) -> tuple[Question, bool]:
    said = {name: getattr(changed, name) for name in ("label", "hint", "folded", "required")}
    told = replace(question, **{name: value for name, value in said.items() if value is not None})
    if question.code in KEPT:
        return replace(told, folded=False, required=question.required or told.required), False
    return told, changed.hidden


def _own(own: Own) -> Question:
    return Question(
        own.code, own.label, own.identifies, own.hint, own.required, own.kind, own.options, own.folded, own.about
    )
