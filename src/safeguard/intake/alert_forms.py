"""The forms of alerts: a source, a table, the report that one becomes, the reason for closing many."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from uuid import UUID

from safeguard.incidents.reports import NAME_LIMIT, NARRATIVE_LIMIT, Happened, NewIncident, NewPerson
from safeguard.incidents.story import PersonRole
from safeguard.intake.alert import Alert
from safeguard.intake.moments import ORDERS
from safeguard.intake.settling import LONGEST_REASON
from safeguard.intake.sources import LONGEST_NAME
from safeguard.web.forms import Choice, Form, Text, begun

PARTS: Final[tuple[PersonRole, ...]] = ("affected", "alleged", "witness", "other")


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A product that will send alerts."""

    name: Annotated[str, Text(longest=LONGEST_NAME, required="Give the product's name.")]


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table of alerts."""

    source: Annotated[str, Text(longest=LONGEST_NAME, required="Say which product the alerts come from.")]
    order: Annotated[str, Choice(ORDERS)]


@dataclass(frozen=True, slots=True)
class ClosingForm:
    """Why some alerts are false."""

    reason: Annotated[str, Text(longest=LONGEST_REASON, lines=True)]


@dataclass(frozen=True, slots=True)
class TurningForm:
    """The report that an alert becomes."""

    narrative: Annotated[
        str, Text(longest=NARRATIVE_LIMIT, lines=True, required="Say what happened. A few words are enough.")
    ]
    person: Annotated[str, Text(longest=NAME_LIMIT)]
    group: Annotated[str, Text(longest=NAME_LIMIT)]
    part: Annotated[PersonRole | Literal[""], Choice(PARTS)]

    def report(self, alert: Alert) -> NewIncident:
        """The incident: what was written here, and when the product says it was."""
        somebody = NewPerson(name=self.person, role=self.part or _part(alert), group_name=self.group)
        return NewIncident(
            narrative=self.narrative,
            people=(somebody,) if self.person else (),
            happened=Happened(precision="minute", from_=alert.raised_at),
            accounts=alert.user_name,
        )


def turning(alert: Alert) -> Form[TurningForm]:
    """The report begun with what the alert says."""
    lines = (
        f"{alert.source}: {alert.category}" if alert.category else alert.source,
        alert.words and f"“{alert.words}”",
        alert.address,
        alert.device,
    )
    starts = {
        "narrative": "\n".join(line for line in lines if line), "person": alert.user_name, "group": alert.group_name,
        "part": _part(alert),
    }  # fmt: skip
    return begun(TurningForm, starts)


def _part(alert: Alert) -> PersonRole:
    """As what they begin whose session it was: a member is kept from the incident too, unless somebody says else."""
    return "alleged" if alert.kept_from else "affected"


def picked(values: list[str]) -> list[UUID]:
    """The alerts that were ticked; what is no id of ours was not."""
    found: list[UUID] = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
