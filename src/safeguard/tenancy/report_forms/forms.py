"""What the pages of the report form's settings send."""

from dataclasses import dataclass
from typing import Annotated, Any

from safeguard.tenancy.questions import QuestionKind
from safeguard.tenancy.report_forms.asked import Own
from safeguard.tenancy.report_forms.changing import HINT_LIMIT, LABEL_LIMIT, MOST_OPTIONS, Place
from safeguard.tenancy.report_forms.tailoring import Tailored
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Form, Setting, Text, Tick, clean

WHERE = ("at_once", "folded", "hidden")
WHERE_IN_TYPE = ("usual", "first", "left_out")
KINDS = tuple(kind.value for kind in QuestionKind if kind is not QuestionKind.BUILT_IN)
MOST_QUESTIONS = 200
SEEN = Choice([str(number) for number in range(10_000)])


@dataclass(frozen=True, slots=True)
class Places:
    """Where each question stands: `position-people`, `where-people`, `required-people`."""

    def read(self, fields: Fields, name: str, setting: Setting) -> dict[str, Place]:
        """By code. A position that is no number stands at the end."""
        return {code: _place(fields, code) for code in _codes(fields)}


def _codes(fields: Fields) -> list[str]:
    """Of the questions that the page names: many more than it has are of somebody who means no good."""
    return [key.removeprefix("where-") for key in fields if key.startswith("where-")][:MOST_QUESTIONS]


def _place(fields: Fields, code: str) -> Place:
    where = fields.get(f"where-{code}")
    required = bool(fields.get(f"required-{code}"))
    return Place(_position(fields, code), where if where in WHERE else "at_once", required)


def _position(fields: Fields, code: str) -> int:
    typed = fields.get(f"position-{code}").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 998


@dataclass(frozen=True, slots=True)
class InType:
    """What each question is in the reports of one type: `where-online`, `required-online`, `hint-online`."""

    def read(self, fields: Fields, name: str, setting: Setting) -> dict[str, Tailored]:
        """By code."""
        return {code: _in_type(fields, code) for code in _codes(fields)}


def _in_type(fields: Fields, code: str) -> Tailored:
    where = fields.get(f"where-{code}")
    said = where if where in WHERE_IN_TYPE else "usual"
    hint = " ".join(clean(fields.get(f"hint-{code}")).split())
    return Tailored(_position(fields, code), said, bool(fields.get(f"required-{code}")), hint)


@dataclass(frozen=True, slots=True)
class Lines:
    """A few answers, one a line, each once."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """What stands on the lines that are not empty."""
        lines = (" ".join(line.split()) for line in fields.get(name).splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))[: MOST_OPTIONS + 1]


@dataclass(frozen=True, slots=True)
class Types:
    """Any of the reported types."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """Their codes, each once."""
        return tuple(dict.fromkeys(value for value in fields.all(name) if value))[:50]


@dataclass(frozen=True, slots=True)
class ArrangeForm:
    """Every question's place."""

    places: Annotated[dict[str, Place], Places()]
    seen: Annotated[str, SEEN]


@dataclass(frozen=True, slots=True)
class TypeForm:
    """What is asked in the reports of one type."""

    notice: Annotated[str, Text(longest=HINT_LIMIT, lines=True)]
    questions: Annotated[dict[str, Tailored], InType()]
    seen: Annotated[str, SEEN]


@dataclass(frozen=True, slots=True)
class WordsForm:
    """The words of one question."""

    label: Annotated[str, Text(longest=LABEL_LIMIT)]
    hint: Annotated[str, Text(longest=HINT_LIMIT)]
    seen: Annotated[str, SEEN]


@dataclass(frozen=True, slots=True)
class OwnForm:
    """A question of one's own."""

    label: Annotated[str, Text(longest=LABEL_LIMIT, required="Write the question as people will read it.")]
    hint: Annotated[str, Text(longest=HINT_LIMIT)]
    kind: Annotated[str, Choice(KINDS, required="Choose how it is answered.")]
    options: Annotated[tuple[str, ...], Lines()]
    required: Annotated[bool, Tick()]
    identifies: Annotated[bool, Tick()]
    where: Annotated[str, Choice(WHERE[:2])]
    about: Annotated[tuple[str, ...], Types()]
    seen: Annotated[str, SEEN]

    def own(self) -> Own:
        """As the verb wants it."""
        kind = QuestionKind(self.kind)
        return Own(
            code="", label=self.label, hint=self.hint, kind=kind, about=self.about, required=self.required,
            options=self.options if kind is QuestionKind.CHOICE else (), identifies=self.identifies,
            folded=self.where == "folded",
        )  # fmt: skip


def seen_of(form: Form[Any]) -> int:
    """The version that the page showed."""
    return int(form["seen"]) if form["seen"].isascii() and form["seen"].isdigit() else 0
