"""The report form's page, for a new report and for the correction of one: which questions, and what is folded away."""

from dataclasses import dataclass
from typing import Any

from safeguard.incidents.answering import page_of
from safeguard.incidents.forms import ReportForm, is_begun
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.tenancy.report_forms.asked import Asked
from safeguard.web.forms import Form


@dataclass(frozen=True, slots=True)
class Shown:
    """The questions of one page."""

    main: tuple[Question, ...]
    folded: tuple[Question, ...]
    notice: str
    version: int | None
    unfolded: bool
    """Whether something beneath "Add more detail" is filled in or needs another look."""

    @property
    def codes(self) -> frozenset[str]:
        """Every question on the page."""
        return frozenset(question.code for question in (*self.main, *self.folded))


def shown(asked: Asked, profile: Profile, form: Form[ReportForm]) -> dict[str, Any]:
    """What the template of the questions is given."""
    page = page_of(asked, profile, form["about"].strip() or None)
    unfolded = any(is_begun(question, form) for question in page.folded)
    return {"asked": Shown(page.main, page.folded, page.notice, asked.number, unfolded)}
