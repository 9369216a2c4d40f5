"""The registry of tables: to which class each belongs, and so which policies and grants it must have.

The same table of class x role x policy stands at the top of `migrations/sql/20_isolation.sql`, which makes it so;
`checking` compares the database with what is said here, at every start and in the tests.
"""

from collections.abc import Mapping
from typing import Final

from safeguard.database.treatments import (
    ALL,
    APP_GRANTS,
    OF_INCIDENT,
    ON_WRITING,
    POLICIES,
    RESTRICTIVE,
    Table,
    TableClass,
)

__all__ = [
    "ALL", "APP_GRANTS", "OF_INCIDENT", "ON_WRITING", "POLICIES", "RESTRICTIVE", "TABLES", "Table", "TableClass",
]  # fmt: skip

_DEFINER = {"definer_all": ("ALL", "safeguard_definer")}
_ADD = frozenset({"INSERT"})
"""Reads and changes are granted column by column: a secret's hash is written and never read back."""
_READ = frozenset({"SELECT"})
"""Added to by definer functions alone; changed column by column, as granted beside the table."""
_WRITE = frozenset({"SELECT", "INSERT"})
"""Never deleted; changed column by column, as granted beside the table."""
_DEFINER_READ = {"definer_read": ("SELECT", "safeguard_definer")}
_ENDS = {"definer_ends": ("ALL", "safeguard_definer")}
"""What ends with a membership."""
_DISPOSE = {"definer_dispose": ("ALL", "safeguard_definer")}
"""Deleted, with the record it belongs to, by the functions of 87_records.sql."""
_SEARCH_READ = {"search_read": ("SELECT", "safeguard_search")}
_SIGNER_READ = frozenset({"signer_read"})
_APP_OWN = frozenset({"app_own"})

_EVERY_SIDE = _SEARCH_READ | _DEFINER

_NOT_HIDDEN = {"app_not_hidden": ("ALL", "safeguard_app")}
_OF_CONCERN = {
    "app_in_vault": ("SELECT", "safeguard_app"), "app_in_vault_changed": ("UPDATE", "safeguard_app"),
}  # fmt: skip
_NOT_THROUGH_GLASS = {"app_vault_not_through_glass": ("ALL", "safeguard_app")}
_CONCERN_NOT_WRITTEN = {"app_concern_not_through_glass": ("ALL", "safeguard_app")}
_NOT_SIZED = {"app_not_sized": ("ALL", "safeguard_app")}
_FOR_WORKERS = {"app_for_workers": ("ALL", "safeguard_app")}
_OF_THOSE_MET = {"app_of_those_met": ("ALL", "safeguard_app")}
_ITEM_SHOWN = {
    "app_alert_not_about_oneself": ("ALL", "safeguard_app"), "app_source_not_hidden": ("ALL", "safeguard_app"),
}  # fmt: skip
_OF_OTHERS_ASKED_ABOUT = {"app_of_others_asked_about": ("ALL", "safeguard_app")}
_NOT_FOR_VISITORS = {"app_not_for_visitors": ("SELECT", "safeguard_app")}
_VISITED = _NOT_FOR_VISITORS | {"definer_read": ("SELECT", "safeguard_definer")}

TABLES: Final[Mapping[str, Table]] = {
    "sec.keys": Table(TableClass.SECRET),
    "public.organisations": Table(TableClass.OWNED, key="id", app=_WRITE, named=_DEFINER),
    "public.organisation_settings": Table(
        TableClass.OWNED, app=_WRITE, named={"definer_read": ("SELECT", "safeguard_definer")}
    ),
    "public.users": Table(TableClass.GLOBAL),
    "public.memberships": Table(TableClass.OWNED, app=_READ, named=_DEFINER | _SEARCH_READ),
    "public.invitations": Table(TableClass.OWNED, app=_ADD, named=_DEFINER),
    "public.tokens": Table(TableClass.OWNED, app=_ADD, named=_DEFINER),
    "public.proposals": Table(
        TableClass.OWNED,
        app=_WRITE,
        named={
            "definer_read": ("SELECT", "safeguard_definer"),
            "app_by_oneself": ("INSERT", "safeguard_app"),
            "app_not_of_vault": ("SELECT", "safeguard_app"),
            **_CONCERN_NOT_WRITTEN,
            "app_subject_not_asked_about": ("ALL", "safeguard_app"),
            **OF_INCIDENT,
            **_DISPOSE,
        },
    ),
    "public.approval_links": Table(
        TableClass.OWNED, app=_ADD, named=_DEFINER | {"app_link_of_shown": ("ALL", "safeguard_app")}
    ),
    "public.password_resets": Table(TableClass.GLOBAL),
    "public.sign_on_connections": Table(
        TableClass.OWNED, app=_WRITE, named={"definer_read": ("SELECT", "safeguard_definer")}
    ),
    "public.sign_on_accounts": Table(TableClass.OWNED, app=frozenset({"SELECT", "DELETE"}), named=_DEFINER),
    "public.sign_on_exemptions": Table(
        TableClass.OWNED,
        app=frozenset({"SELECT", "INSERT", "DELETE"}),
        named={"definer_read": ("SELECT", "safeguard_definer"), **_ENDS},
    ),
    "public.sign_on_attempts": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.webhooks": Table(TableClass.OWNED, app=_WRITE, named=_ENDS),
    "public.webhook_deliveries": Table(
        TableClass.OWNED, app=_WRITE, named={"app_about_not_hidden": ("ALL", "safeguard_app")}
    ),
    "public.provisioning_connections": Table(TableClass.OWNED, app=_ADD, named=_DEFINER),
    "public.provisioned_people": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.provisioned_groups": Table(TableClass.OWNED, app=_WRITE),
    "public.provisioned_group_members": Table(
        TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "DELETE"}), named=_DISPOSE
    ),
    "public.provisioning_notes": Table(TableClass.OWNED, app=_WRITE),
    "public.pastoral_scopes": Table(TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "DELETE"}), named=_DISPOSE),
    "public.idempotency": Table(TableClass.OWNED),
    "public.sessions": Table(TableClass.GLOBAL),
    "public.devices": Table(TableClass.GLOBAL),
    "public.throttles": Table(TableClass.GLOBAL),
    "public.second_factors": Table(TableClass.GLOBAL),
    "public.recovery_codes": Table(TableClass.GLOBAL),
    "public.spent_challenges": Table(TableClass.GLOBAL),
    "console.operators": Table(TableClass.GLOBAL),
    "console.sessions": Table(TableClass.GLOBAL),
    "console.acts": Table(TableClass.GLOBAL),
    "console.requests": Table(TableClass.GLOBAL),
    "console.announcements": Table(TableClass.GLOBAL),
    "console.removals": Table(TableClass.GLOBAL),
    "audit.logs": Table(
        TableClass.LOG, named=_NOT_SIZED | _DEFINER_READ | {"relay_read": ("SELECT", "safeguard_relay")}
    ),
    "audit.leaves": Table(TableClass.LOG, named={"app_entry_not_hidden": ("ALL", "safeguard_app")}),
    "audit.objects": Table(
        TableClass.LOG, named={"app_object_not_hidden": ("ALL", "safeguard_app")}, without=_SIGNER_READ
    ),
    "audit.actors": Table(TableClass.LOG, without=_SIGNER_READ),
    "audit.documents": Table(
        TableClass.LOG, named={"app_object_not_hidden": ("ALL", "safeguard_app")}, without=_SIGNER_READ
    ),
    "audit.alarms": Table(
        TableClass.LOG, named=_DEFINER_READ | {"signer_all": ("ALL", "safeguard_signer")}, without=_SIGNER_READ
    ),
    "public.inspections": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.inspection_packs": Table(TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "DELETE"}), named=_DISPOSE),
    "public.inspection_notes": Table(
        TableClass.OWNED, app=_WRITE, named={"app_own_note": ("ALL", "safeguard_app")} | _DISPOSE
    ),
    "public.inspection_openings": Table(
        TableClass.OWNED, app=_WRITE, named={"app_after_inspection": ("ALL", "safeguard_app")} | _DISPOSE
    ),
    "audit.checkpoints": Table(
        TableClass.LOG,
        named=_NOT_SIZED
        | _DEFINER_READ
        | {"signer_all": ("ALL", "safeguard_signer"), "relay_read": ("SELECT", "safeguard_relay")},
        without=_SIGNER_READ,
    ),
    "public.incidents": Table(
        TableClass.OWNED,
        app=_WRITE,
        named={
            "app_visitors_own": ("SELECT", "safeguard_app"),
            "app_visitors_own_changed": ("UPDATE", "safeguard_app"),
            **_EVERY_SIDE,
            **OF_INCIDENT,
        },
        incident="id",
    ),
    "public.incident_people": Table(TableClass.OWNED, app=_WRITE, named=_EVERY_SIDE | OF_INCIDENT),
    "public.entries": Table(
        TableClass.OWNED, app=_WRITE, named=_DEFINER | OF_INCIDENT | {"app_link_not_hidden": ("ALL", "safeguard_app")}
    ),
    "public.exclusions": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DEFINER | OF_INCIDENT | _CONCERN_NOT_WRITTEN | {"app_not_of_vault": ("SELECT", "safeguard_app")},
    ),
    "public.looked_back": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.confinements": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER | OF_INCIDENT),
    "public.confidants": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER | OF_INCIDENT),
    "public.broken_glass": Table(
        TableClass.OWNED, app=_WRITE, named=_DEFINER | {"app_not_for_oneself": ("INSERT", "safeguard_app")}
    ),
    "public.vault_people": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DEFINER | _NOT_THROUGH_GLASS | {"app_list_in_vault": ("ALL", "safeguard_app")},
    ),
    "public.concerns": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DEFINER | _OF_CONCERN | {"app_vault_not_through_glass": ("UPDATE", "safeguard_app")},
        incident="id",
    ),
    "public.concern_entries": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DEFINER | _OF_CONCERN | _NOT_THROUGH_GLASS,
        incident="concern_id",
    ),
    "public.public_reports": Table(
        TableClass.OWNED,
        app=_ADD,
        named={
            "definer_read": ("SELECT", "safeguard_definer"),
            "app_not_of_vault": ("SELECT", "safeguard_app"),
            **_CONCERN_NOT_WRITTEN,
            **OF_INCIDENT,
            **_DISPOSE,
        },
    ),
    "public.public_doors": Table(TableClass.OWNED, app=_WRITE, named={"definer_read": ("SELECT", "safeguard_definer")}),
    "public.form_versions": Table(TableClass.OWNED, app=_WRITE),
    "public.kind_forms": Table(TableClass.GLOBAL),
    "public.calendar_feeds": Table(
        TableClass.OWNED, app=_ADD, named={"definer_read": ("SELECT", "safeguard_definer"), **_ENDS}
    ),
    "public.people": Table(
        TableClass.OWNED,
        app=_WRITE,
        named={
            "definer_read": ("SELECT", "safeguard_definer"),
            "app_not_met": ("ALL", "safeguard_app"),
            "app_not_withdrawn": ("ALL", "safeguard_app"),
            **_SEARCH_READ,
            **_DISPOSE,
        },
    ),
    "public.person_merges": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.people_apart": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.attachments": Table(
        TableClass.OWNED, app=frozenset({"SELECT"}), named=_DEFINER_READ | OF_INCIDENT | _DISPOSE
    ),
    "public.alert_sources": Table(TableClass.OWNED, app=_WRITE),
    "public.alerts": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=OF_INCIDENT | _DISPOSE | {"app_not_about_oneself": ("SELECT", "safeguard_app")},
    ),
    "public.record_holds": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=OF_INCIDENT
        | _OF_THOSE_MET
        | _DISPOSE
        | {"app_hold_in_vault": ("SELECT", "safeguard_app"), "app_hold_not_through_glass": ("ALL", "safeguard_app")},
    ),
    "public.record_dates": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE | _OF_THOSE_MET),
    "public.access_requests": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DISPOSE | _OF_THOSE_MET | {"app_not_asked_about": ("ALL", "safeguard_app")},
    ),
    "public.access_items": Table(
        TableClass.OWNED,
        app=frozenset({"SELECT", "INSERT", "DELETE"}),
        named=OF_INCIDENT | _DISPOSE | _OF_OTHERS_ASKED_ABOUT | _ITEM_SHOWN,
    ),
    "public.access_redactions": Table(
        TableClass.OWNED,
        app=frozenset({"SELECT", "INSERT", "DELETE"}),
        named=OF_INCIDENT | _DISPOSE | _OF_OTHERS_ASKED_ABOUT,
    ),
    "public.disagreements": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE | _OF_THOSE_MET),
    "public.complaints": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.breaches": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.disposals": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=OF_INCIDENT
        | _DISPOSE
        | {"app_disposal_not_through_glass": ("ALL", "safeguard_app")}
        | {"app_disposal_in_vault": ("SELECT", "safeguard_app"), "app_disposal_of_vault": ("SELECT", "safeguard_app")},
    ),
    "public.imports": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.imported_records": Table(TableClass.OWNED, app=_WRITE, named=OF_INCIDENT | _DISPOSE),
    "public.import_problems": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.rosters": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.roster_links": Table(TableClass.OWNED, app=_WRITE | {"DELETE"}, named=_DISPOSE | _OF_THOSE_MET),
    "public.roster_rows": Table(TableClass.OWNED, app=_WRITE | {"DELETE"}, named=_DISPOSE | _OF_THOSE_MET),
    "public.roster_problems": Table(TableClass.OWNED, app=_WRITE | {"DELETE"}, named=_DISPOSE),
    "public.organisation_keys": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ),
    "public.access_reports": Table(TableClass.OWNED, app=_WRITE),
    "public.packs": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ | OF_INCIDENT | _DISPOSE),
    "public.pack_seals": Table(TableClass.OWNED, app=_WRITE),
    "public.notices": Table(
        TableClass.OWNED,
        app=_WRITE,
        named={
            "definer_read": ("SELECT", "safeguard_definer"),
            "app_about_not_hidden": ("ALL", "safeguard_app"),
            **_NOT_HIDDEN,
            **_DISPOSE,
        },
    ),
    "public.drafts": Table(
        TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "DELETE"}), named={**_DEFINER, **OF_INCIDENT}
    ),
    "public.notice_choices": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.outbox": Table(
        TableClass.OWNED, app=_WRITE, named=_DEFINER | {"app_object_not_hidden": ("ALL", "safeguard_app")}
    ),
    "public.incident_counts": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.incident_count_changes": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.incident_pair_counts": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.involved_people": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.involvement_counts": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.involvement_changes": Table(TableClass.OWNED, app=frozenset(), named=_DEFINER, without=_APP_OWN),
    "public.reviews": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.ratings": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.evidence_items": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.evidence_controls": Table(TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "DELETE"}), named=_DISPOSE),
    "public.evidence_files": Table(TableClass.OWNED, app=frozenset({"SELECT"}), named=_DISPOSE),
    "public.improvements": Table(
        TableClass.OWNED, app=_WRITE, named=_DEFINER_READ | OF_INCIDENT | _DISPOSE, incident="origin_id"
    ),
    "public.policies": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ | _DISPOSE),
    "public.policy_files": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ | _DISPOSE),
    "public.policy_editions": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ | _DISPOSE),
    "public.policy_readings": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.agreement_links": Table(TableClass.OWNED, app=_ADD, named=_DEFINER),
    "public.agreement_signatures": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.learning_events": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.learning_records": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.filtering_systems": Table(TableClass.OWNED, app=_WRITE),
    "public.filtering_blocks": Table(TableClass.OWNED, app=_WRITE),
    "public.filtering_checks": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.filtering_people": Table(TableClass.OWNED, app=_WRITE),
    "public.filtering_reviews": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.recurring_duties": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.committees": Table(TableClass.OWNED, app=_WRITE),
    "public.committee_members": Table(TableClass.OWNED, app=_WRITE),
    "public.committee_meetings": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.meeting_actions": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.duty_sendings": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.duty_actions": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.voice_sessions": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.impact_assessments": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.own_frameworks": Table(TableClass.OWNED, app=_WRITE),
    "public.framework_texts": Table(TableClass.OWNED, app=_WRITE),
    "public.own_controls": Table(TableClass.OWNED, app=_WRITE),
    "public.own_resources": Table(TableClass.OWNED, app=_WRITE),
    "public.insight_statements": Table(TableClass.OWNED, app=_WRITE),
    "public.reports": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.group_figures": Table(TableClass.OWNED, app=_WRITE),
    "public.helpline_waves": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS),
    "public.helpline_cases": Table(TableClass.OWNED, app=_WRITE, named=_VISITED | _SEARCH_READ | _DISPOSE),
    "public.helpline_entries": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_urls": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_case_urls": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_url_steps": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_debriefs": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS),
    "public.helpline_threads": Table(TableClass.OWNED, app=_WRITE, named=_VISITED | _DISPOSE),
    "public.helpline_mail_in": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_mail_out": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS | _DISPOSE),
    "public.helpline_forms": Table(TableClass.OWNED, app=_WRITE, named=_VISITED | _DISPOSE),
    "public.helpline_feedback": Table(TableClass.OWNED, app=_WRITE, named=_VISITED | _DISPOSE),
    "public.helpline_imports": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS),
    "public.helpline_import_problems": Table(TableClass.OWNED, app=_WRITE, named=_NOT_FOR_VISITORS),
    "public.helpline_themes": Table(TableClass.OWNED, app=_WRITE),
    "public.helpline_reports": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER_READ),
    "public.helpline_stories": Table(TableClass.OWNED, app=_WRITE, named=_DISPOSE),
    "public.helpline_recommendations": Table(TableClass.OWNED, app=_WRITE),
    "public.helpline_signals": Table(
        TableClass.OWNED, app=_WRITE, named={"definer_read": ("SELECT", "safeguard_definer")}
    ),
    "public.received_signals": Table(
        TableClass.OWNED, app=_WRITE, named={"definer_read": ("SELECT", "safeguard_definer")}
    ),
    "public.transfers": Table(
        TableClass.OWNED, app=_ADD, named=_DEFINER | {"app_object_not_hidden": ("ALL", "safeguard_app")}
    ),
    "public.transfer_items": Table(
        TableClass.OWNED,
        app=_WRITE,
        named=_DEFINER | OF_INCIDENT | {"app_transfer_not_hidden": ("ALL", "safeguard_app")},
    ),
    "public.incoming_transfers": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER),
    "public.channel_keys": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER),
    "public.channel_pairs": Table(
        TableClass.OWNED, app=frozenset({"SELECT", "INSERT", "UPDATE"}), named=_DEFINER | _FOR_WORKERS
    ),
    "public.channel_outbox": Table(
        TableClass.OWNED, app=_WRITE, named=_DEFINER | {"app_object_not_hidden": ("ALL", "safeguard_app")}
    ),
    "public.channel_inbox": Table(TableClass.OWNED, app=_READ, named=_DEFINER | _FOR_WORKERS),
    "public.referrals": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER | OF_INCIDENT),
    "public.referral_steps": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER | OF_INCIDENT),
    "public.referral_files": Table(TableClass.OWNED, app=_READ, named=_DEFINER | OF_INCIDENT),
    "public.helpline_files": Table(TableClass.OWNED, app=_READ, named=_DEFINER | _NOT_FOR_VISITORS),
    "public.helpline_referrals": Table(TableClass.OWNED, app=_WRITE, named=_DEFINER | _NOT_FOR_VISITORS | _SEARCH_READ),
    "jobs.job": Table(TableClass.QUEUE, named={"app_job_not_hidden": ("ALL", "safeguard_app")}),
    "jobs.schedule": Table(
        TableClass.QUEUE,
        app=frozenset(),
        without=frozenset({"app_own", "log_all", "definer_all"}),
    ),
    "dramatiq.queue": Table(TableClass.BROKER),
    "dramatiq.worker": Table(TableClass.BROKER),
    "dramatiq.result": Table(TableClass.BROKER),
}
