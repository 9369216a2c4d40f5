"""The next sensible step with an incident: one, the most urgent, as a suggestion. It never stands in the way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from safeguard.incidents.answerable import asks_parents
from safeguard.incidents.deadlines import Deadline
from safeguard.incidents.story import Story
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, why, and where."""

    words: str
    verb: str
    href: str
    by_post: bool = False
    """Whether one press does it: otherwise the address is a page."""


def next_step(
    story: Story,
    profile: Profile,
    now: datetime,
    today: date,
    quiet: timedelta,
    reader: UUID | None = None,
    owed: Deadline | None = None,
    *,
    unowned: bool = False,
) -> Step | None:
    """The most urgent thing for `reader` to do; None when nothing presses.

    `owed`: whom outside nobody has told yet. `unowned`: whether nobody has one of its actions any more.
    """
    facts, at = story.facts, f"/incidents/{story.facts.id}"
    if facts.state == "closed":
        return None
    if facts.state == "new":
        return Step(_waiting(story, reader), gettext("Acknowledge"), f"{at}/acknowledge", by_post=True)
    if step := _risk_step(story, at) or _owed_step(owed, at):
        return step
    if step := _action_step(story, at, today, unowned=unowned):
        return step
    if not facts.four_c:
        return Step(gettext("It is not classified yet."), gettext("Classify it"), f"{at}/classes")
    if facts.parents_informed == "not_said" and asks_parents(story, profile.clocks.values()):
        words = gettext("Nothing says whether a %(family)s knows.") % {"family": profile.word("family")}
        return Step(words, gettext("Say who knows"), f"{at}/parents")
    if now - facts.last_activity_at > quiet:
        words = gettext("Nothing was added for %(days)d days.") % {"days": (now - facts.last_activity_at).days}
        return Step(words, gettext("Close it, or add to it"), f"{at}/close")
    return None


def to_read(story: Story) -> Step:
    """Whoever reported it wrote again, and nobody has read that: it comes before everything, also when it is closed."""
    words = gettext("Whoever reported this wrote again, and nobody has read it yet.")
    return Step(words, gettext("Read what they wrote"), f"/incidents/{story.facts.id}/messages")


def _waiting(story: Story, reader: UUID | None) -> str:
    """Who waits for somebody to take it in hand: nobody is told that they wait for themselves."""
    if reader is not None and story.facts.recorded_by == reader:
        return gettext("You recorded this, and nobody has taken it in hand yet.")
    return gettext("%(name)s is waiting to hear that this was received.") % {"name": story.facts.recorded_by_name}


def _risk_step(story: Story, at: str) -> Step | None:
    """To assess the risk, while nobody has."""
    if story.facts.risk == "unassessed":
        return Step(gettext("Nobody has set the risk yet."), gettext("Set the risk"), f"{at}/risk")
    if _only_said(story):
        words = gettext("Danger was reported, which makes this an emergency. Nobody has confirmed or changed that yet.")
        return Step(words, gettext("Look at the risk"), f"{at}/risk")
    return None


def _owed_step(owed: Deadline | None, at: str) -> Step | None:
    """To tell somebody outside, while nobody has."""
    if owed is None:
        return None
    words = gettext("%(name)s: %(left)s.") % {"name": owed.name, "left": owed.left}
    return Step(words, gettext("Say who was told, or why not"), f"{at}/{owed.page}")


def _action_step(story: Story, at: str, today: date, *, unowned: bool) -> Step | None:
    """To give an action to somebody who can do it, or to see to one whose day has passed."""
    if unowned:
        words = gettext("Whoever was to do an action here cannot do it any more. Somebody else has to.")
    elif overdue := _overdue(story, today):
        words = gettext("An action is overdue since %(day)s.") % {"day": f"{overdue.day} {overdue:%B}"}
    else:
        return None
    return Step(words, gettext("See the actions"), f"{at}?show=actions")


def _only_said(story: Story) -> bool:
    """Whether the risk is what the report itself made of it: whoever looks at it later writes at another moment."""
    facts, changes = story.facts, (entry for entry in story.entries if entry.kind == "risk_change")
    said = facts.danger_now is True and facts.risk == "emergency"
    return said and all(entry.written_at == facts.recorded_at for entry in changes)


def _overdue(story: Story, today: date) -> date | None:
    """The deadline of the action that is overdue longest."""
    replaced = {entry.supersedes_id for entry in story.entries}
    deadlines = [
        entry.due_on
        for entry in story.entries
        if entry.kind == "action" and entry.due_on and not entry.done_at and entry.id not in replaced
    ]
    return next((day for day in sorted(deadlines) if day < today), None)
