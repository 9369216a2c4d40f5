"""Figures that Ofsted's Annex A asks for on the day, as far as records of incidents can give them.

After the questions of "Annex A: request for information at a full inspection of a children's home", in our own words.
Each figure counts incidents by what was recorded in them, and beside it the children affected who are in the list of
people: a child whom nobody found in that list cannot be told from another, and is not counted as a child. What the
same questions ask of restraint, admissions, missing episodes and staffing is kept elsewhere, and that is said.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from safeguard.evidence.report.model import Sheet

Values = Mapping[str, Any]

PERSON: Final = re.compile(r"people\.(\d+)\.role")
OWN_CHILD: Final = "pupil"
"""The connection of a child whom the organisation cares for."""
STAFF: Final = "staff"
MISSING: Final = "missing"
CAPTION: Final = "Annex A: what records of incidents can answer"
HEAD: Final = ("Asked for", "Incidents", "Children affected")
NOT_HERE: Final = (
    "Not kept here, and so not counted: admissions and leavers, restraint and other physical intervention, sanctions,"
    " how often a child was missing or away without permission, complaints about care by children and others,"
    " medication, schooling, staffing. Take them from the home's own records."
    " Restricted incidents and concerns about staff are kept apart and not counted either."
)
APART: Final = (
    "Restricted incidents and concerns about staff are not counted: an allegation about somebody who works in the home"
    " may stand only there. Ask the person in charge for their number."
)


def _area(code: str) -> Callable[[Values], bool]:
    return lambda values: code in (values.get("risk_areas") or ())


def _issue(*codes: str) -> Callable[[Values], bool]:
    return lambda values: not set(codes).isdisjoint(values.get("issue_types") or ())


def _is_allegation(values: Values) -> bool:
    """Somebody who works here is alleged to have harmed."""
    return any(person.get("role") == "alleged" and person.get("connection") == STAFF for person in people_of(values))


def _is_between_children(values: Values) -> bool:
    return any(person.get("role") == "alleged" and person.get("kind") == "child" for person in people_of(values))


QUESTIONS: Final[Mapping[str, tuple[str, Callable[[Values], bool]]]] = {
    "all": ("Concerns recorded in which a child in the home's care was affected", lambda _values: True),
    "exploitation": ("Sexual exploitation and grooming", _area("exploitation")),
    "criminal": ("Exploitation by criminals or gangs", _issue("exploitation")),
    "radicalisation": ("Radicalisation and extremism", _area("radicalisation")),
    "bullying": ("Bullying", _area("bullying")),
    "between_children": ("Another child is alleged to have harmed", _is_between_children),
    "self_harm": ("Self-harm and suicide", _issue("self_harm")),
    "allegation": ("An allegation about somebody who works in the home", _is_allegation),
    "missing": ("Something that happened while a child was missing", lambda values: values.get("place") == MISSING),
    "danger": ("A child was in danger when it was reported", lambda values: values.get("danger_now") is True),
}
"""What is asked, and which incidents answer it; one may answer several."""


@dataclass(slots=True)
class Figure:
    """One line: how many incidents, and which children they affected."""

    incidents: int = 0
    children: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class AnnexA:
    """The lines; fed with one incident after another."""

    lines: dict[str, Figure] = field(default_factory=lambda: {code: Figure() for code in QUESTIONS})
    unnamed: int = 0
    """Incidents with an affected child who was not found in the list of people."""

    def take(self, values: Values) -> None:
        """Count one incident, from what stands in its latest version."""
        affected = [
            person
            for person in people_of(values)
            if person.get("role") == "affected" and person.get("connection") == OWN_CHILD
        ]
        if not affected:
            return
        known = {str(person["person_id"]) for person in affected if person.get("person_id")}
        self.unnamed += len(known) < len(affected)
        for code, (_, answers) in QUESTIONS.items():
            if answers(values):
                self.lines[code].incidents += 1
                self.lines[code].children |= known

    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Every line in words: a nought is an answer too."""
        return tuple(
            (QUESTIONS[code][0], f"{one.incidents:,}", f"{len(one.children):,}") for code, one in self.lines.items()
        )

    def sheet(self) -> Sheet:
        """The table as a report shows it."""
        return Sheet(CAPTION, HEAD, (*self.rows(), (self.said_of_unnamed(), "", ""), (APART, "", "")), wide=(0,))

    def said_of_unnamed(self) -> str:
        """What the number of children leaves out."""
        if not self.unnamed:
            return "Every child affected was found in the list of people."
        return (
            f"In {self.unnamed:,} of the incidents a child affected was not found in the list of people: the number of"
            " children is at least the one shown."
        )


def people_of(values: Values) -> Iterable[dict[str, Any]]:
    """The people of an incident's values who were not taken out."""
    for name in values:
        if found := PERSON.fullmatch(name):
            start = f"people.{found[1]}."
            person = {key.removeprefix(start): value for key, value in values.items() if key.startswith(start)}
            if not person.get("removed_at"):
                yield person
