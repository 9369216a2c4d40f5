"""The record of processing (UK GDPR article 30), read off the registry of columns: it cannot say less than is kept.

The registry says of each column whether it identifies somebody or holds anybody's words. What is written here by hand
is only what a table cannot know: what it is for, and whom it is about.
"""

from typing import Final

import msgspec

from safeguard.attachments import models as attachments
from safeguard.audit import models as audit
from safeguard.concerns import models as concerns
from safeguard.database.base import Base, Kind, Treatment
from safeguard.drafts import models as drafts
from safeguard.evidence import models as evidence
from safeguard.identity import models as identity
from safeguard.incidents import models as incidents
from safeguard.intake import models as intake
from safeguard.people import models as people
from safeguard.public_reports import models as public_reports
from safeguard.records import models as records
from safeguard.records.access import models as access
from safeguard.rosters import models as rosters

LOADED: Final = (
    attachments, audit, concerns, drafts, evidence, identity, incidents, intake, people, public_reports, records,
    access, rosters,
)  # fmt: skip
"""The rooms whose tables are told of here."""


class Activity(msgspec.Struct, frozen=True):
    """One thing that is done with personal data."""

    name: str
    about: str
    purpose: str
    tables: tuple[str, ...]
    rule: str = ""
    """The code of the retention rule."""


ACTIVITIES: Final = (
    Activity("Incidents and what followed", "Children, adults at risk, staff, others named", "Keeping people safe, and "
             "showing how", ("incidents", "incident_people", "entries", "attachments"), "incident_record"),
    Activity("The list of people", "Children, parents and carers, staff", "Knowing who is meant",
             ("people", "person_merges", "record_dates", "roster_links", "roster_rows"), "incident_record"),
    Activity("Concerns about staff", "Staff and volunteers", "Handling low-level concerns and allegations",
             ("concerns", "concern_entries"), "low_level_concern"),
    Activity("Reports by the public page, alerts and imports", "Whoever is named in them", "Receiving what others know",
             ("public_reports", "alerts", "imported_records")),
    Activity("Files for the next place", "Children, adults at risk, others named", "Handing a file on, with a receipt",
             ("transfers", "transfer_items", "incoming_transfers")),
    Activity("Accounts", "Staff and inspectors", "Letting the right people in",
             ("memberships", "invitations", "proposals"), "former_account"),
    Activity("The log and evidence packs", "Staff who acted", "Showing that nothing was altered",
             ("documents", "actors", "packs"), "audit_log"),
    Activity("Holds, disposals and requests", "Whoever asks, and whom it is about", "People's rights over their data",
             ("record_holds", "disposals", "access_requests", "access_items", "disagreements", "complaints",
              "breaches")),
)  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """An activity with the columns that tell of people."""

    activity: Activity
    identifying: tuple[str, ...]
    words: tuple[str, ...]


def lines() -> tuple[Line, ...]:
    """Every activity, with its columns from the registry."""
    return tuple(_line(each) for each in ACTIVITIES)


def _line(activity: Activity) -> Line:
    return Line(activity, _columns(activity, Kind.IDENTIFIES), _columns(activity, Kind.WORDS))


def _columns(activity: Activity, kind: Kind) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for table in Base.metadata.tables.values():
        if table.name in activity.tables:
            for column in table.columns:
                treatment = column.info.get("treatment")
                if isinstance(treatment, Treatment) and treatment.kind is kind:
                    found[column.name.replace("_", " ")] = None
    return tuple(found)
