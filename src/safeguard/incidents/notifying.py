"""Whom outside an incident has still to be told to: regulators, adult social care, the designated officer.

A clock of the profile that names contacts runs until each of them was spoken with, or somebody decided, with a reason,
that they need not be. It begins by itself with an incident that looks as if it had to be told (the profile says which),
or by the decision that it is told. A person judges: this prompts, and never stands in the way.

A decision not to tell counts for what was known then. When the risk rises afterwards to where the clock begins, it
runs again. A contact on record stops it for good.
"""

from collections.abc import Iterator
from datetime import datetime

from safeguard.incidents.standing import Standing
from safeguard.incidents.story import Entry, Person, Story
from safeguard.tenancy.profile import Begins, Clock

STAFF = "staff"


def missing(story: Story, stands: Standing, clock: Clock) -> tuple[str, ...]:
    """With whom of this clock's contacts nobody has spoken, and nobody has decided that it is not needed."""
    return tuple(contact for contact in clock.contacts if not _settled(stands, contact, clock.begins))


def began(story: Story, stands: Standing, clock: Clock) -> datetime | None:
    """Since when a notification is owed; None where none is, or no longer."""
    open_still = missing(story, stands, clock)
    if not open_still:
        return None
    decided = [last.written_at for contact in open_still if (last := _decision(stands, contact)) and _is_made(last)]
    return min((moment for moment in (_looks_it(story, stands, clock.begins), *decided) if moment), default=None)


def alleged_staff(story: Story) -> bool:
    """Whether an adult of the organisation is alleged to have harmed."""
    return any(person.role == "alleged" and person.connection == STAFF for person in story.present)


def _settled(stands: Standing, contact: str, begins: Begins) -> bool:
    if any(entry.kind == "contact" and entry.contact == contact for entry in stands.entries):
        return True
    last = _decision(stands, contact)
    return last is not None and not _is_made(last) and not _rose_after(stands, last, begins)


def _decision(stands: Standing, contact: str) -> Entry | None:
    """What was decided last about telling them."""
    about = [each for each in stands.entries if each.kind == "decision" and each.referral and each.contact == contact]
    return about[-1] if about else None


def _is_made(decision: Entry) -> bool:
    return decision.referral == "made"


def _rose_after(stands: Standing, decision: Entry, begins: Begins) -> bool:
    return any(change.written_at > decision.written_at for change in _rises(stands, begins))


def _rises(stands: Standing, begins: Begins) -> Iterator[Entry]:
    """Changes of the risk to where the clock begins, from where it does not."""
    return (
        entry
        for entry in stands.entries
        if entry.kind == "risk_change" and entry.risk_after in begins.risks and entry.risk_before not in begins.risks
    )


def _looks_it(story: Story, stands: Standing, begins: Begins) -> datetime | None:
    """Since when it looks as if it had to be told; None where it does not, and for what an earlier product held."""
    facts = story.facts
    if facts.imported_at or not any(_is_affected(person, begins) for person in story.present):
        return None
    known = min(facts.discovered_at or facts.recorded_at, facts.recorded_at)
    if (
        set(facts.issue_types) & set(begins.issues)
        or set(facts.risk_areas) & set(begins.risk_areas)
        or (begins.staff and alleged_staff(story))
    ):
        return known
    if facts.risk not in begins.risks:
        return None
    return max((change.written_at for change in _rises(stands, begins)), default=known)


def _is_affected(person: Person, begins: Begins) -> bool:
    """Whether they are harmed and one of those the clock is about, as far as anybody said."""
    return person.role == "affected" and person.connection in (*begins.connections, None, "unknown")
