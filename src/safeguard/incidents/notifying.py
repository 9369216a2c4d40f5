"""Whom outside an incident has still to be told to: regulators, adult social care, the designated officer.

A clock of the profile that names contacts runs until each of them was spoken with, or somebody decided, with a reason,
that they need not be. It begins by itself with an incident that looks as if it had to be told (the profile says which),
or by the decision that it is told. A person judges: this prompts, and never stands in the way.

A decision not to tell counts for what was known then. When the risk rises afterwards to where the clock begins, or an
adult of the organisation is named as alleged, it runs again. A contact on record stops it for good.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from safeguard.incidents.standing import Standing
from safeguard.incidents.story import Change, Entry, Person, Story
from safeguard.tenancy.limits import Begins, Clock

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


def alleged_staff(people: Iterable[Person]) -> frozenset[int]:
    """Adults of the organisation who are alleged to have harmed, by their place in the incident."""
    return frozenset(
        person.position
        for person in people
        if person.role == "alleged" and person.connection == STAFF and person.removed_at is None
    )


def alleged_since(story: Story, stands: Standing) -> datetime | None:
    """Since when one of them is alleged: from the report, or from the correction that said so; None for nobody."""
    named = [_named_at(stands, position) for position in alleged_staff(story.present)]
    return min((moment or story.facts.recorded_at for moment in named), default=None)


def _named_at(stands: Standing, position: int) -> datetime | None:
    """When a correction made them an adult of the organisation who is alleged; None for what the report said."""
    made = {(f"people.{position}.role", "alleged"), (f"people.{position}.connection", STAFF)}
    return max(
        (
            entry.written_at
            for entry in stands.entries
            if entry.kind == "correction" and any((each.field, each.after) in made for each in entry.changes)
        ),
        default=None,
    )


def _settled(stands: Standing, contact: str, begins: Begins) -> bool:
    if any(entry.kind == "contact" and entry.contact == contact for entry in stands.entries):
        return True
    last = _decision(stands, contact)
    return last is not None and not _is_made(last) and not _changed_after(stands, last, begins)


def _decision(stands: Standing, contact: str) -> Entry | None:
    """What was decided last about telling them."""
    about = [each for each in stands.entries if each.kind == "decision" and each.referral and each.contact == contact]
    return about[-1] if about else None


def _is_made(decision: Entry) -> bool:
    return decision.referral == "made"


def _changed_after(stands: Standing, decision: Entry, begins: Begins) -> bool:
    """Whether more is known since then: the risk is greater, or somebody of the staff was named."""
    named = (_named_at(stands, position) for position in alleged_staff(stands.people)) if begins.staff else ()
    moments = (*(change.written_at for change in _rises(stands, begins)), *(moment for moment in named if moment))
    return any(moment > decision.written_at for moment in moments)


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
    if set(facts.issue_types) & set(begins.issues) or set(facts.risk_areas) & set(begins.risk_areas):
        return _classified(stands, begins, known)
    moments = (_staff_named(story, stands, begins, known), _is_grave(story, stands, begins, known))
    return min((moment for moment in moments if moment), default=None)


def _classified(stands: Standing, begins: Begins, known: datetime) -> datetime:
    """Since when it is one of these kinds: from the classification that said so; what the report said was `known`."""
    kinds = {"issue_types": set(begins.issues), "risk_areas": set(begins.risk_areas)}
    return max(
        (
            entry.written_at
            for entry in stands.entries
            if entry.kind == "classification"
            and any(_came(each, kinds[each.field]) for each in entry.changes if each.field in kinds)
        ),
        default=known,
    )


def _came(change: Change, wanted: set[str]) -> bool:
    """Whether a change brought one of these where none was."""
    before, after = (set(each) if isinstance(each, list) else set[str]() for each in (change.before, change.after))
    return bool(after & wanted) and not before & wanted


def _staff_named(story: Story, stands: Standing, begins: Begins, known: datetime) -> datetime | None:
    """Since when somebody of the staff is alleged: what the report itself says was `known` when it was found out."""
    at = alleged_since(story, stands) if begins.staff else None
    return known if at == story.facts.recorded_at else at


def _is_grave(story: Story, stands: Standing, begins: Begins, known: datetime) -> datetime | None:
    if story.facts.risk not in begins.risks:
        return None
    return max((change.written_at for change in _rises(stands, begins)), default=known)


def _is_affected(person: Person, begins: Begins) -> bool:
    """Whether they are harmed and one of those the clock is about, as far as anybody said."""
    return person.role == "affected" and person.connection in (*begins.connections, None, "unknown")
