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
        select t.id, '' as reference, case when t.struck_on is null then t.title else '' end as title, t.held_on as day,
            t.held_on as since, true as settled,
            case when t.struck_on is null then 'training' else 'struck/training' end as said
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
    # Signatures have a period of their own, and go before.
    "policy": """
        select t.id, '' as reference, t.title, t.recorded_at::date as day, t.withdrawn_at::date as since,
            t.withdrawn_at is not null and not exists (
                select from public.agreement_signatures s
                where s.organisation_id = t.organisation_id and s.policy_id = t.id) and not exists (
                select from public.policy_readings r
                where r.organisation_id = t.organisation_id and r.policy_id = t.id) as settled, '' as said
        from public.policies t {OWN}""",
    # Of one edition, from the day of the one that replaced it, or on which the policy was withdrawn.
    "signature": """
        select t.id, '' as reference, p.title || ' (' || t.number || ')' as title, t.effective_on as day,
            coalesce(n.effective_on, p.withdrawn_at::date) as since,
            n.id is not null or p.withdrawn_at is not null as settled, t.policy_id::text as said
        from public.policy_editions t
        join public.policies p on p.organisation_id = t.organisation_id and p.id = t.policy_id
        left join public.policy_editions n
            on n.organisation_id = t.organisation_id and n.policy_id = t.policy_id and n.number = t.number + 1
        {OWN} and (exists (
                select from public.agreement_signatures s
                where s.organisation_id = t.organisation_id and s.policy_id = t.policy_id and s.edition = t.number)
            or exists (
                select from public.policy_readings r
                where r.organisation_id = t.organisation_id and r.policy_id = t.policy_id and r.edition = t.number))""",
    "minutes": """
        select t.id, '' as reference, '' as title, t.held_on as day, t.held_on as since, true as settled,
            case when t.struck_on is null then 'committee/meetings' else 'struck/meetings' end as said
        from public.committee_meetings t {OWN}
        union all
        select t.id, '', t.done_by, t.done_on, t.done_on, true, 'duties/records'
        from public.recurring_duties t {OWN}""",
    "voice": """
        select t.id, '' as reference, case when t.struck_on is null then t.title else '' end as title, t.held_on as day,
            t.held_on as since, true as settled, '' as said
        from public.voice_sessions t {OWN}""",
    # "Too early to say" is looked at again.
    "impact": """
        select t.id, '' as reference, case when t.struck_on is null then t.title else '' end as title,
            t.changed_on as day, coalesce(t.struck_on, t.judged_at::date) as since,
            t.struck_on is not null or t.verdict not in ('', 'too_early') as settled,
            case when t.struck_on is null then 'impact' else 'struck/impact' end as said
        from public.impact_assessments t {OWN}""",
    "filtering": """
        select t.id, '' as reference, t.checked_by as title, t.checked_on as day, t.checked_on as since,
            true as settled, '/checks' as said
        from public.filtering_checks t {OWN}
        union all
        select t.id, '', '', t.reviewed_on, t.reviewed_on, true, ''
        from public.filtering_reviews t {OWN}""",
    "review": """
        select t.id, '' as reference, '' as title, t.started_at::date as day, t.signed_at::date as since,
            t.state = 'signed' as settled, '' as said
        from public.reviews t {OWN}""",
    # One that came out of a meeting or a visit goes after that: its minutes tell of it.
    "improvement": """
        select t.id, '' as reference, left(t.words, 80) as title, t.planned_at::date as day,
            t.finished_at::date as since,
            t.finished_at is not null and not exists (
                select from public.meeting_actions a
                where a.organisation_id = t.organisation_id and a.improvement_id = t.id) and not exists (
                select from public.duty_actions a
                where a.organisation_id = t.organisation_id and a.improvement_id = t.id) as settled, '' as said
        from public.improvements t {OWN}""",
    # Also one that was uploaded and forgotten: the file lies there with everybody in it.
    "roster": """
        select t.id, '' as reference, t.file_name as title, t.uploaded_at::date as day,
            coalesce(t.undone_at, t.applied_at, t.uploaded_at)::date as since,
            t.state not in ('reading', 'applying', 'undoing') as settled,
            case t.subject when 'staff' then '/settings' else '' end as said
        from public.rosters t {OWN}""",
    # What holds an incident that is kept from somebody goes with that incident, and does not come up.
    "transfer": """
        select t.id, '' as reference, t.recipient as title, t.sent_at::date as day,
            coalesce(t.received_at, t.cancelled_at, t.sent_at)::date as since,
            t.state in ('received', 'declined', 'cancelled') as settled, '' as said
        from public.transfers t {OWN}
            and not exists (
                select from public.transfer_items x
                join public.incidents i on i.organisation_id = x.organisation_id and i.id = x.incident_id
                where x.organisation_id = t.organisation_id and x.transfer_id = t.id and i.restricted_at is not null)
        union all
        select t.id, '', t.sender_name, t.arrived_at::date, coalesce(t.ended_at, t.opened_at, t.arrived_at)::date,
            t.state in ('imported', 'declined', 'cancelled'), '/received'
        from public.incoming_transfers t {OWN}""",
    # The same of packs, and of what stands on the log of what is kept from some.
    "pack": """
        select t.id, '' as reference, t.title, t.requested_at::date as day, t.requested_at::date as since,
            t.ready_at is not null and t.locked_at is null as settled, '' as said
        from public.packs t {OWN} and t.disposed_at is null and t.log = 'general'
            and not exists (
                select from public.incidents i
                where i.organisation_id = t.organisation_id and i.id = t.incident_id
                    and i.restricted_at is not null)""",
    "former_account": """
        select t.user_id as id, '' as reference, t.name as title, coalesce(t.ended_at, t.created_at)::date as day,
            t.ended_at::date as since,
            t.state = 'ended' as settled, '' as said
        from public.memberships t {OWN} and t.kind = 'person' and t.email <> ''""",
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
    "evidence_item": "/standards/evidence/{id}", "training_event": "/standards/registers/{said}/{id}",
    "inspection": "/inspections/{id}", "complaint": "/records/complaints/{id}", "breach": "/records/breaches/{id}",
    "access_request": "/records/requests/{id}", "concern": "/concerns/{id}", "allegation": "/concerns/{id}",
    "helpline_case": "/helpline/cases/{id}", "policy": "/standards/registers/policies/{id}",
    "signature": "/standards/registers/policies/{said}/signatures",
    "minutes": "/standards/registers/{said}/{id}", "roster": "{said}/people/rosters/{id}",
    "voice": "/standards/registers/voice", "impact": "/standards/registers/{said}/{id}",
    "filtering": "/standards/registers/filtering{said}", "review": "/standards/reviews/{id}",
    "improvement": "/standards/plan/{id}",
    "transfer": "/transfers{said}/{id}", "pack": "/evidence/{id}", "former_account": "",
}  # fmt: skip
"""The page of one of them, of its id and of what is said of it; a public report that was set aside has none, and an
account is on the administrators' page alone."""
