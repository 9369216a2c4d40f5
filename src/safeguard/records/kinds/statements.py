"""Of each kind: what is settled, what it is called, from which day its period counts, and where it is read.

Each gives `id, reference, title, day, since, settled`. A reference is random and may stand on a certificate; a title
may not. `since` is None while the day that the period counts from has not come.
"""

from collections.abc import Mapping
from typing import Final

OWN: Final = "where t.organisation_id = (select sec.current_organisation())"
CONCERN: Final = """
select t.id, t.reference, t.subject_name as title, t.raised_at::date as day, {SINCE} as since,
    t.state = 'closed' as settled, coalesce(t.subject_left_on::text, '') as said
from public.concerns t {OWN} and {WHICH}
"""
_SOURCES: Final[Mapping[str, str]] = {
    "public_report": """
        select t.id, '' as reference, '' as title, t.kept_at::date as day, t.looked_at::date as since,
            t.state = 'set_aside' as settled, '' as said
        from public.public_reports t {OWN} and t.incident_id is null and t.concern_id is null""",
    "alert": """
        select t.id, '' as reference, t.source as title, t.raised_at::date as day, t.settled_at::date as since,
            t.state = 'closed' as settled, '' as said
        from public.alerts t {OWN} and t.incident_id is null""",
    "import": """
        select t.id, '' as reference, t.file_name as title, t.uploaded_at::date as day,
            coalesce(t.finished_at, t.uploaded_at)::date as since, t.state in ('done', 'dropped') as settled, '' as said
        from public.imports t {OWN}""",
    # What a register made, or a signal brought, goes with that; it does not come up by itself.
    "evidence_item": """
        select t.id, '' as reference, t.title, t.dated_on as day, greatest(t.dated_on, t.renew_on) as since,
            true as settled, '' as said
        from public.evidence_items t {OWN}
            and not exists (select from public.policies r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.learning_events r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.committee_meetings r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.filtering_reviews r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.recurring_duties r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.voice_sessions r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.impact_assessments r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)
            and not exists (select from public.received_signals r
                            where r.organisation_id = t.organisation_id and r.item_id = t.id)""",
    "training_event": """
        select t.id, '' as reference, t.title, t.held_on as day, t.held_on as since, true as settled, '' as said
        from public.learning_events t {OWN}""",
    "inspection": """
        select t.id, '' as reference, t.inspector as title, t.created_at::date as day,
            coalesce(t.ended_at, t.expires_at)::date as since,
            coalesce(t.ended_at, t.expires_at) <= (select sec.clock()) as settled, '' as said
        from public.inspections t {OWN}""",
    "complaint": """
        select t.id, '' as reference, t.by_name as title, t.received_on as day, t.answered_at::date as since,
            t.answered_at is not null as settled, '' as said
        from public.complaints t {OWN}""",
    "breach": """
        select t.id, '' as reference, '' as title, t.discovered_at::date as day, t.discovered_at::date as since,
            t.reported_at is not null or t.not_reported <> '' as settled, '' as said
        from public.breaches t {OWN}""",
    "access_request": """
        select t.id, '' as reference, t.about_name as title, t.received_on as day, t.answered_at::date as since,
            t.answered_at is not null as settled, '' as said
        from public.access_requests t {OWN}""",
    # Until they leave (KCSIE part four): the day is written down by whoever sees to the concern.
    "concern": CONCERN.replace("{SINCE}", "t.subject_left_on").replace(
        "{WHICH}", "t.level is distinct from 'allegation'"
    ),
    "allegation": CONCERN.replace("{SINCE}", "t.raised_at::date").replace("{WHICH}", "t.level = 'allegation'"),
    "helpline_case": """
        select t.id, t.reference, '' as title, t.received_at::date as day, t.ended_at::date as since,
            t.ended_at is not null as settled, '' as said
        from public.helpline_cases t {OWN}""",
}
SOURCES: Final[Mapping[str, str]] = {code: text.replace("{OWN}", OWN) for code, text in _SOURCES.items()}

READ_AT: Final[Mapping[str, str]] = {
    "public_report": "", "import": "/imports/{id}", "alert": "/alerts/{id}",
    "evidence_item": "/standards/evidence/{id}", "training_event": "/standards/registers/training/{id}",
    "inspection": "/inspections/{id}", "complaint": "/records/complaints/{id}", "breach": "/records/breaches/{id}",
    "access_request": "/records/requests/{id}", "concern": "/concerns/{id}", "allegation": "/concerns/{id}",
    "helpline_case": "/helpline/cases/{id}",
}  # fmt: skip
"""The page of one of them; a public report that was set aside has none."""
