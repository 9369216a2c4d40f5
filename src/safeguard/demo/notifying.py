"""Whom outside a case has to be told to, and that they were: a regulator, adult social care, who answers for a child.

Which they are, and of which cases, stands in the profile's clocks; the newest cases end before anybody was told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from safeguard.demo.acts import Add
from safeguard.incidents.answerable import PARTS
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Risk
from safeguard.incidents.triaging import Classes
from safeguard.tenancy.limits import Begins
from safeguard.tenancy.profile import Profile

WORDS: Final = {
    "regulator": "Notified by the online form. They may ring for more.",
    "social_care": "Rang the duty desk, and sent what they asked for by secure mail.",
}


def told_outside(profile: Profile, new: NewIncident, classes: Classes, risk: Risk, at: datetime) -> Iterator[Add]:
    """Entries that settle every such clock of the profile, at that moment; none where no clock runs."""
    for clock in profile.clocks.values():
        if clock.contacts and _runs(clock.begins, new, classes, risk):
            for contact in clock.contacts:
                yield Add(NewEntry(kind="contact", words=WORDS.get(contact, ""), contact=contact))
        for knower in clock.knowers:
            for place in _children(clock.begins, new):
                yield Add(_knows(knower, at - timedelta(minutes=10)), about=place)


def _children(begins: Begins, new: NewIncident) -> Iterator[int]:
    """The places of those for whom others answer, as far as the report says who they are."""
    named = enumerate(new.people)
    return (place for place, one in named if one.role in PARTS and one.connection in begins.connections)


def _knows(knower: str, at: datetime) -> NewEntry:
    return NewEntry(kind="informing", contact=knower, informed="yes", took_place_at=at)


def _runs(begins: Begins, new: NewIncident, classes: Classes, risk: Risk) -> bool:
    kinds = {*classes.issue_types} & {*begins.issues} or {*classes.risk_areas} & {*begins.risk_areas}
    known = (*begins.connections, None, "unknown")
    affected = any(person.role == "affected" and person.connection in known for person in new.people)
    return affected and bool(kinds or risk in begins.risks)
