"""Where is looked for what is kept about somebody: one line for each table that may tell of a person.

What of a table is looked through and shown is not written here: it is every column that the registry of columns calls
a name or somebody's words (`safeguard.database.registry`). Here stands only what a column cannot say of itself: what
ties a row to a person, what it is called, and where it is read. A test refuses a table that is neither here nor, with
its reason, in `unsearched`.
"""

from dataclasses import dataclass
from typing import Final

from safeguard.records.access.folding import folded_in


@dataclass(frozen=True, slots=True)
class Source:
    """One table that is looked through. `t` is its row; `given` is who is asked about."""

    kind: str
    """A code of `wording.KINDS`: what the shelf is called on which this lies."""
    table: str
    tie: str = "false"
    """What makes a row theirs, whatever its words say."""
    incident: str = "null::uuid"
    """The incident that it belongs to: whoever must not know of that does not find it here either."""
    about: str = "''"
    """What it is called, beside the name of the shelf."""
    place: str = ""
    """Where it is read; `{id}` is its own, `{up}` what `up` says."""
    up: str = "null::uuid"
    also: tuple[str, ...] = ()
    """Columns that tell nothing of a person by themselves, and something of this one."""
    only: tuple[str, ...] = ()
    """Columns in which a name is looked for, where that is not all of them."""
    others: tuple[str, ...] = ()
    """Columns that name others, who are blacked out by themselves."""
    entire: bool = False
    """Whether every column of it is told, but for those with a reason in `unsearched`: what is kept about them."""
    anothers: str = "false"
    """What makes a row of theirs be about somebody else: left out until whoever answers puts it in, unless its words
    name them."""
    unless: str = "false"
    """Rows that are left alone."""
    people: str = ""
    """Who stands in it, where that is a table of its own."""
    long: bool = False
    """Of a long text only the paragraphs that name them."""


def _of(table: str, title: str, key: str) -> str:
    own = "o.organisation_id = t.organisation_id"
    return f"(select o.{title} from public.{table} o where {own} and o.id = t.{key})"  # noqa: S608  our own constants


THEIRS: Final = "t.person_id = any (given.people)"
ACCOUNT: Final = "t.user_id = any (given.users)"
IN_TIED: Final = "t.incident_id = any (given.incidents)"
REFERENCE: Final = _of("incidents", "reference", "incident_id")
NAME: Final = folded_in("n.name")
NAMED_IN: Final = f"""exists (select from public.incident_people n where n.organisation_id = t.organisation_id
    and n.incident_id = t.id and n.removed_at is null
    and (n.person_id = any (given.people) or {NAME} = any (given.names)))"""
THIS_ONE: Final = f"(n.person_id = any (given.people) or {NAME} = any (given.names))"
WHO: Final = f"""(select string_agg(case n.role when 'affected' then 'Affected'
        when 'alleged' then 'Alleged to have harmed' when 'witness' then 'Witness'
        when 'reporter' then 'Reported it' else 'Part not said' end || ': ' || n.name
    || case when {THIS_ONE} then concat(', ' || nullif(n.kind, 'unknown'), ', ' || replace(n.connection, '_', ' '),
        ', ' || nullif(n.group_name, '')) else '' end
    || case when n.notes <> '' then ' (' || n.notes || ')' else '' end, E'\\n' order by n.position)
    from public.incident_people n
    where n.organisation_id = t.organisation_id and n.incident_id = t.id and n.removed_at is null)"""  # noqa: S608  our own constants
"""Who stands in an incident; of this person also what they are here. What the others are is not theirs to know."""
ABOUT_ANOTHER: Final = f"""exists (select from public.incident_people n where n.organisation_id = t.organisation_id
    and n.incident_id = t.incident_id and n.id = t.person_id and not coalesce({THIS_ONE}, false))"""
NOT_IN_VAULT: Final = "t.other_kind in ('concern', 'allegation')"
LEARNT: Final = _of("incidents", "id", "origin_id")
POLICY: Final = _of("policies", "title", "policy_id")
INCIDENT: Final = "/incidents/{incident}"
PLAN: Final = "/standards/plan/{id}"
EVIDENCE: Final = "/standards/evidence/{up}"

RECORDS: Final = (
    Source("person", "public.people", "t.id = any (given.people)", about="t.given_name || ' ' || t.family_name",
           place="/people/{id}", only=("contacts", "address", "notes"), entire=True),
    Source("person", "public.record_dates", THEIRS, place="/people/{id}", entire=True),
    Source("incident", "public.incidents", NAMED_IN, incident="t.id", about="t.reference", place=INCIDENT, people=WHO,
           entire=True),
    Source("entry", "public.entries", IN_TIED, incident="t.incident_id", about=f"{REFERENCE} || ', ' || t.kind",
           place=INCIDENT, anothers=ABOUT_ANOTHER, entire=True),
    Source("attachment", "public.attachments", IN_TIED, incident="t.incident_id", about=REFERENCE, place=INCIDENT,
           entire=True),
    Source("referral", "public.referrals", IN_TIED, incident="t.incident_id", about="t.reference", place=INCIDENT,
           entire=True),
    Source("referral", "public.referral_steps", IN_TIED, incident="t.incident_id",
           about=_of("referrals", "reference", "referral_id"), place=INCIDENT, entire=True),
    Source("public_report", "public.public_reports", IN_TIED, incident="t.incident_id", place="/incidents/held",
           unless="t.concern_id is not null", entire=True),
    Source("alert", "public.alerts", IN_TIED, incident="t.incident_id", about="t.source", place="/alerts/{id}",
           entire=True),
    Source("import", "public.imported_records", IN_TIED, incident="t.incident_id", about="t.source", entire=True),
    Source("disagreement", "public.disagreements", THEIRS, place="/records/people/{up}/disagreements",
           up="t.person_id", entire=True),
    Source("merge", "public.person_merges", "t.kept_id = any (given.people) or t.absorbed_id = any (given.people)",
           place="/people/{up}", up="t.kept_id", entire=True),
    Source("hold", "public.record_holds", f"{THEIRS} or {IN_TIED}", incident="t.incident_id", unless=NOT_IN_VAULT,
           place="/records/holds", entire=True),
    Source("request", "public.access_requests", THEIRS, place="/records/requests/{id}",
           unless="t.answered_at is null", entire=True),
    Source("complaint", "public.complaints", place="/records/complaints/{id}", also=("about", "upheld"),
           others=("by_name",)),
    Source("breach", "public.breaches", place="/records/breaches/{id}", also=("risk",)),
    Source("transfer", "public.transfers", THEIRS, about="t.recipient", place="/transfers/{id}", entire=True),
    Source("transfer", "public.transfer_items", IN_TIED, incident="t.incident_id", about="t.reference",
           place="/transfers/{up}", up="t.transfer_id", entire=True),
    Source("transfer", "public.incoming_transfers", THEIRS, about="t.sender_name", place="/transfers/received/{id}",
           entire=True),
    Source("roster", "public.roster_links", THEIRS, about="t.source", entire=True),
    Source("roster", "public.roster_rows", THEIRS, about=_of("rosters", "source", "run_id"), entire=True),
    Source("roster", "public.rosters", about="t.source"),
    Source("import", "public.imports", about="t.source"),
    Source("glass", "public.broken_glass", ACCOUNT, entire=True),
)  # fmt: skip
"""What is kept about people, and about requests for it."""

REGISTERS: Final = (
    Source("training", "public.learning_records", ACCOUNT, about=_of("learning_events", "title", "event_id"),
           place="/standards/training/{up}", up="t.event_id", also=("outcome", "expires_on", "ended_at")),
    Source("training", "public.learning_events", about="t.title", place="/standards/training/{id}", also=("held_on",)),
    Source("agreement", "public.agreement_signatures", ACCOUNT, about=POLICY, others=("name", "for_name"),
           place="/standards/policies/{up}/signatures", up="t.policy_id", also=("signed_on", "expires_on", "way")),
    Source("agreement", "public.agreement_links", about=POLICY, others=("name",),
           place="/standards/policies/{up}/signatures", up="t.policy_id"),
    Source("policy", "public.policy_readings", ACCOUNT, about=POLICY, place="/standards/policies/{up}",
           up="t.policy_id", also=("edition", "read_at")),
    Source("policy", "public.policies", about="t.title", place="/standards/policies/{id}"),
    Source("policy", "public.policy_editions", about=POLICY, place="/standards/policies/{up}", up="t.policy_id",
           long=True),
    Source("policy", "public.policy_files", about="t.name"),
    Source("committee", "public.committee_members", about="t.name", place="/standards/committee",
           also=("joined_on", "left_on")),
    Source("committee", "public.committee_meetings", place="/standards/committee/meetings/{id}", also=("held_on",),
           others=("present",)),
    Source("committee", "public.committees", place="/standards/committee"),
    Source("voice", "public.voice_sessions", about="t.title", place="/standards/voices", also=("held_on",)),
    Source("voice", "public.impact_assessments", about="t.title", also=("changed_on",)),
    Source("filtering", "public.filtering_people", about="t.name", place="/standards/filtering/people", also=("part",)),
    Source("filtering", "public.filtering_checks", place="/standards/filtering/checks", also=("checked_on", "result")),
    Source("filtering", "public.filtering_reviews", place="/standards/filtering", also=("reviewed_on",),
           others=("took_part",)),
    Source("filtering", "public.filtering_blocks", place="/standards/filtering/blocks/{id}", also=("since",)),
    Source("filtering", "public.filtering_systems", about="t.name", place="/standards/filtering/systems/{id}"),
    Source("evidence", "public.evidence_items", about="t.title", place="/standards/evidence/{id}", also=("dated_on",)),
    Source("evidence", "public.evidence_files", about="t.name", place=EVIDENCE, up="t.item_id"),
    Source("duty", "public.recurring_duties", about="t.duty", also=("done_on",)),
    Source("duty", "public.duty_sendings", about=_of("recurring_duties", "duty", "duty_id"), also=("sent_on",)),
    Source("plan", "public.improvements", "t.owner_id = any (given.users)", incident=LEARNT, about="t.control",
           place=PLAN, also=("due_on", "state")),
    Source("review", "public.reviews", about="t.framework", place="/standards/reviews/{id}"),
    Source("review", "public.ratings", about="t.control", place="/standards/reviews/{up}", up="t.review_id"),
    Source("review", "public.own_controls", about="t.name", place="/standards/frameworks"),
    Source("review", "public.own_frameworks", about="t.name", place="/standards/frameworks", long=True),
    Source("report", "public.insight_statements", about="t.period", place="/insights"),
    Source("report", "public.reports", about="t.kind || ', ' || t.period", long=True),
    Source("resource", "public.own_resources", about="t.title", place="/resources/{id}"),
    Source("inspection", "public.inspections", about="t.body", place="/inspections/{id}"),
    Source("inspection", "public.inspection_notes", place="/inspections/{up}", up="t.inspection_id",
           unless="t.kind = 'note'"),
)  # fmt: skip
"""What is written down to show how well people are kept safe, and names some of them."""

ACCOUNTS: Final = (
    Source("account", "public.memberships", ACCOUNT, about="t.name", unless="t.kind <> 'person'",
           also=("roles", "state", "created_at", "ended_at", "ended_why")),
    Source("account", "public.provisioned_people", ACCOUNT),
    Source("account", "public.sign_on_accounts", ACCOUNT, also=("last_used_at",)),
    Source("account", "public.sign_on_exemptions", ACCOUNT, also=("made_at",)),
)  # fmt: skip
"""Those who sign in."""

PUBLISHED: Final = (
    Source("published", "public.helpline_waves", about="t.name"),
    Source("published", "public.helpline_reports", long=True),
    Source("published", "public.helpline_recommendations"),
    Source("published", "public.helpline_signals", about="t.title"),
    Source("published", "public.received_signals", about="t.title"),
)  # fmt: skip
"""What a helpline tells all or many."""

SEARCHED: Final = (*RECORDS, *REGISTERS, *ACCOUNTS, *PUBLISHED)
