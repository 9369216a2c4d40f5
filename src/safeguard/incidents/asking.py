"""The report form's page, for a new report and for the correction of one: which questions, and what is folded away.

An incident is shown under the questions that it was made with, whatever is asked today.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from safeguard.incidents.answering import page_of
from safeguard.incidents.forms import ReportForm, is_begun
from safeguard.incidents.story import Story
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.tenancy.report_forms.asked import Asked
from safeguard.tenancy.report_forms.history import read_history
from safeguard.web.forms import Form
from safeguard.work import Work


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


async def as_asked(work: Work, story: Story, profile: Profile) -> Story:
    """The story with the questions of the form that it was made with."""
    facts = story.facts
    history = await read_history(work, profile, facts.form_version or 0)
    return msgspec.structs.replace(story, labels=history.labels(facts.form_version, facts.recorded_at))
