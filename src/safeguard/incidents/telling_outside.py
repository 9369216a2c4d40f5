"""The page on which somebody says that a regulator or another body outside was told, will be, or why it need not be.

Whatever is said becomes an ordinary entry of the story: a contact, or a decision with its reason. So it can be
corrected, shared and found like any other, and the clock that asked follows from the entries alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.acts import in_state
from safeguard.incidents.adding import add_entry
from safeguard.incidents.answerable import untold
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import CONTACTS, KNOWERS
from safeguard.incidents.follow_up_forms import Name, Words, named_in_page, took_place
from safeguard.incidents.forms import Code
from safeguard.incidents.here import here
from safeguard.incidents.notifying import missing
from safeguard.incidents.phrases import whom_outside
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Informed, Story
from safeguard.tenancy.limits import Clock
from safeguard.tenancy.profile import Profile
from safeguard.web.forms import Choice, Day, Form, TimeOfDay, begun, read
from safeguard.web.languages import gettext
from safeguard.web.pages import after, page
from safeguard.work import Work

TOLD, WILL, NOT_NEEDED = "told", "will", "not_needed"
SAID: Final = (TOLD, WILL, NOT_NEEDED)
REASON: Final = "Give the reason: what was weighed, and who was asked."
PATH: Final = "/incidents/{incident_id:uuid}/outside/{code:str}"


@dataclass(frozen=True, slots=True)
class OutsideForm:
    """What there is to say of it."""

    said: Annotated[str, Choice(SAID, required="Say whether they were told.")]
    contact: Annotated[str, Code()]
    on: Annotated[date | None, Day()]
    at: Annotated[time | None, TimeOfDay()]
    reference: Name
    words: Words

    def entry(self, contacts: Mapping[str, str], zone: str) -> NewEntry:
        """What it means; raises `Invalid`."""
        if self.contact not in contacts:
            raise Invalid(FieldError("contact", "Say whom it is about."))
        whom = contacts[self.contact]
        if self.contact in KNOWERS and self.contact not in CONTACTS:
            return self._knower(zone)
        if self.said == TOLD:
            words = self.words or gettext("Told %(whom)s.") % {"whom": whom}
            return NewEntry(
                kind="contact", contact=self.contact, contact_name=whom[:1].upper() + whom[1:],
                contact_reference=self.reference, words=words, took_place_at=took_place(self.on, self.at, zone),
            )  # fmt: skip
        if not self.words:
            raise Invalid(FieldError("words", REASON))
        will = self.said == WILL
        words = gettext("To tell %(whom)s.") if will else gettext("Not to tell %(whom)s.")
        return NewEntry(
            kind="decision", contact=self.contact, referral="made" if will else "not_made",
            words=words % {"whom": whom}, reason=self.words,
        )  # fmt: skip

    def _knower(self, zone: str) -> NewEntry:
        """Of one who answers for a child: told, and when; to be told, or why not."""
        if self.said != TOLD and not self.words:
            raise Invalid(FieldError("words", REASON))
        informed: Informed = "yes" if self.said == TOLD else "not_yet" if self.said == WILL else "no"
        return NewEntry(
            kind="informing", contact=self.contact, contact_name=self.reference, informed=informed, reason=self.words,
            took_place_at=(took_place(self.on, self.at, zone) or clock.now()) if self.said == TOLD else None,
        )  # fmt: skip


@get(PATH, permission=Permission.INCIDENT_FOLLOW_UP)
async def show_outside(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], code: FromPath[str]
) -> Template:
    """The form. Whether they were told is chosen by whoever knows it: nothing goes on record by one empty press."""
    limit, story = limit_of(code), await in_state(work, incident_id, closed=False)
    return outside_page(request, story, limit, begun_for(story, limit))


@post(PATH, permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_outside(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], code: FromPath[str]
) -> Template | Redirect:
    """Add what was said to the record."""
    limit, form = limit_of(code), await read(request, OutsideForm)
    try:
        entry = await add_entry(work, incident_id, said_of(limit, form))
    except Invalid as refusal:
        story = await in_state(work, incident_id, closed=False)
        return outside_page(request, story, limit, refused(form, refusal), 422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


def begun_for(story: Story, limit: Clock) -> Form[OutsideForm]:
    """The form, begun with whom nobody has told yet."""
    left = _left(story, limit) or limit.outside
    return begun(OutsideForm, {"contact": left[0]})


def _left(story: Story, limit: Clock) -> tuple[str, ...]:
    """Of whom nothing is on record yet."""
    if limit.knowers:
        return tuple(dict.fromkeys(each.knower for each in untold(story, standing(story), limit)))
    return missing(story, standing(story), limit)


def said_of(limit: Clock, form: Form[OutsideForm]) -> NewEntry:
    """The entry that the form means; raises `Invalid`."""
    place = here()
    return form.value.entry(named_contacts(limit, place.profile), place.organisation.time_zone)


def refused(form: Form[OutsideForm], refusal: Invalid) -> Form[OutsideForm]:
    """The form with what needs another look, under the names that its page has."""
    return form if form.errors else form.refused(named_in_page(refusal))


def named_contacts(limit: Clock, profile: Profile) -> dict[str, str]:
    """With whom a contact stops this clock, by name."""
    return {contact: whom_outside(contact, profile) for contact in limit.outside}


def limit_of(code: str) -> Clock:
    """The clock of that code that waits for somebody outside; raises `NotFound`."""
    found = here().profile.clocks.get(code)
    if found is None or not found.outside:
        raise NotFound
    return found


def outside_page(
    request: Request[Any, Any, Any], story: Story, limit: Clock, form: Form[OutsideForm], status: int = 200,
    *, at: str = "",
) -> Template:  # fmt: skip
    """The page of the form; `at` is the incident's own page, where it is not a lead's."""
    place = here()
    return page(
        request, "incidents/outside.html", status=status, form=form, errors=form.errors, limit=limit,
        shown=place.presenter.shown(story), profile=place.profile, contacts=named_contacts(limit, place.profile),
        left=_left(story, limit), today=place.today, at=at or f"/incidents/{story.facts.id}",
    )  # fmt: skip


ROUTES = [show_outside, take_outside]
