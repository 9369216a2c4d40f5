"""Answers to the organisation's own questions, and what its form says must be answered.

An answer keeps the question as it was asked, so that it can be read for as long as the record lives, whatever became
of the form.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from babel.dates import format_date

from safeguard.errors import FieldError
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT, NewIncident, tidy
from safeguard.incidents.story import Answer
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question, QuestionKind
from safeguard.tenancy.report_forms.asked import Asked, Page
from safeguard.web.dates import read_day
from safeguard.web.languages import gettext, language

YES_NO = ("yes", "no")
MOST = 60


def page_of(asked: Asked, profile: Profile, reported_type: str | None) -> Page:
    """The questions of a report of this type; those of every report for one that is not known."""
    known = asked.reported or profile.reported
    return asked.page(known.get(reported_type or ""))


def answered(
    page: Page, said: Mapping[str, str], today: date, kept: tuple[Answer, ...] = (), *, strict: bool = False
) -> tuple[tuple[Answer, ...], list[FieldError]]:
    """The answers, and what needs another look. `kept` are earlier ones to questions that this page does not ask.

    A program is told of an answer to a question that nobody asks (`strict`); a page may have asked more before another
    type was chosen.
    """
    asked = {question.code: question for question in page.own}
    unknown = [code for code in said if code not in asked] if strict else []
    errors = [FieldError(f"answers.{code}", "This question is not asked in this form.") for code in unknown]
    found = [answer for answer in kept if answer.code not in asked]
    for question in asked.values():
        try:
            if words := _read(question, tidy(said.get(question.code, "")), today):
                found.append(Answer(question.code, question.label, words, question.kind.value, question.identifies))
        except ValueError as refusal:
            errors.append(FieldError(f"answers.{question.code}", str(refusal)))
    return tuple(found[:MOST]), errors


def _read(question: Question, said: str, today: date) -> str:
    match question.kind:
        case QuestionKind.CHOICE if said and said not in question.options:
            raise ValueError("Choose one of the answers on the page.")
        case QuestionKind.YES_NO if said and said not in YES_NO:
            raise ValueError("Answer yes or no.")
        case QuestionKind.DAY if said:
            return _day(said, today)
        case _:
            longest = WORDS_LIMIT if question.kind is QuestionKind.LONG_TEXT else NAME_LIMIT
            if len(said) > longest:
                raise ValueError(f"Keep this under {longest:,} characters.")
            return said if question.kind is QuestionKind.LONG_TEXT else " ".join(said.split())


def _day(said: str, today: date) -> str:
    day = read_day(said, today)
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"The year {day.year} looks like a slip.")
    return day.isoformat()


def unanswered(page: Page, new: NewIncident) -> tuple[Question, ...]:
    """What this form asks for and this report does not say. What happened has a check of its own."""
    required = (each for each in page.all if each.required and each.code != "narrative")
    return tuple(each for each in required if not _is_said(each, new))


def missing(page: Page, new: NewIncident) -> Iterator[FieldError]:
    """An error for each of them, naming the question, because a summary stands far from it."""
    for question in unanswered(page, new):
        field = BUILT_IN.get(question.code, f"answers.{question.code}")
        yield FieldError(field, _SENTENCES.get(question.code, f"This has to be answered: {question.label}"))


BUILT_IN: Mapping[str, str] = {
    "about": "reported_type",
    "danger": "danger_now",
    "people": "people",
    "when": "happened.from",
    "where": "place",
    "online": "platforms",
    "own_words": "child_words",
    "action": "immediate_action",
}
"""The field of a report that stands for a question."""

_SENTENCES: Mapping[str, str] = {
    "about": "Choose what it is about.",
    "danger": "Say whether anybody is in danger now.",
    "people": "Name at least one person, or say how they are known.",
    "when": "Say when it happened; roughly is fine.",
    "where": "Say where it happened.",
    "online": "Say on which app, game or website.",
    "own_words": "Write what was said, as near as you can remember.",
    "action": "Say what was done, even if it was nothing yet.",
}


def _is_said(question: Question, new: NewIncident) -> bool:
    match question.code:
        case "danger":
            return new.danger_now is not None
        case "when":
            return new.happened.precision != "unknown"
        case code if code in BUILT_IN:
            return bool(getattr(new, BUILT_IN[code]))
        case code:
            return bool(new.answers.get(code, "").strip())


def answer_said(answer: Answer) -> str:
    """An answer as people read it, the same on every day: "Yes", "2 September 2026"."""
    match answer.kind:
        case QuestionKind.YES_NO:
            return gettext("Yes") if answer.said == "yes" else gettext("No")
        case QuestionKind.DAY:
            return format_date(date.fromisoformat(answer.said), "d MMMM y", locale=language())
        case _:
            return answer.said
