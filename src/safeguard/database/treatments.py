"""What a table can be: its class, what that class gives to each role, and the policies that take away from it.

`catalogue` says of every table which of it holds there; `checking` compares the database with both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class TableClass(StrEnum):
    """Who may touch a table's rows at all."""

    OWNED = "owned"
    GLOBAL = "global"
    QUEUE = "queue"
    LOG = "log"
    SECRET = "secret"  # noqa: S105  a class of table: keys, readable by definer functions alone
    BROKER = "broker"


@dataclass(frozen=True, slots=True)
class Table:
    """What one table must look like."""

    kind: TableClass
    key: str = "organisation_id"
    app: frozenset[str] | None = None
    """What the app may do, where that differs from its class."""
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Further policies: name -> (command, role)."""
    without: frozenset[str] = frozenset()
    """Policies of the class that this table does without."""
    incident: str = "incident_id"
    """The column by which `app_not_hidden` tells what a row is about."""


ALL: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

POLICIES: Final[Mapping[TableClass, Mapping[str, tuple[str, str]]]] = {
    TableClass.OWNED: {"owner_all": ("ALL", "safeguard_owner"), "app_own": ("ALL", "safeguard_app")},
    TableClass.LOG: {
        "owner_all": ("ALL", "safeguard_owner"),
        "app_read": ("SELECT", "safeguard_app"),
        "log_all": ("ALL", "safeguard_log"),
        "signer_read": ("SELECT", "safeguard_signer"),
    },
    TableClass.GLOBAL: {"owner_all": ("ALL", "safeguard_owner"), "definer_all": ("ALL", "safeguard_definer")},
    TableClass.QUEUE: {
        "owner_all": ("ALL", "safeguard_owner"),
        "app_own": ("ALL", "safeguard_app"),
        "log_all": ("ALL", "safeguard_log"),
        "relay_all": ("ALL", "safeguard_relay"),
        "definer_all": ("ALL", "safeguard_definer"),
    },
    TableClass.SECRET: {"owner_all": ("ALL", "safeguard_owner"), "definer_read": ("SELECT", "safeguard_definer")},
    TableClass.BROKER: {},
}

APP_GRANTS: Final[Mapping[TableClass, frozenset[str]]] = {
    TableClass.OWNED: ALL,
    TableClass.LOG: frozenset({"SELECT"}),
    TableClass.GLOBAL: frozenset(),
    TableClass.QUEUE: frozenset({"SELECT"}),
    TableClass.SECRET: frozenset(),
    TableClass.BROKER: ALL,
}

OF_INCIDENT: Final[dict[str, tuple[str, str]]] = {
    "app_not_hidden": ("ALL", "safeguard_app"),
    "app_not_through_glass": ("ALL", "safeguard_app"),
}
"""`select sec.belongs_to_incident(...)`: rows about an incident that the actor must not know of are not there, and of
one that they read in an emergency nothing is written."""

RESTRICTIVE: Final[Mapping[str, str]] = {
    "app_not_hidden": "(({incident} IS NULL) OR ({incident} <> ALL (( SELECT sec.hidden_incidents() "
    "AS hidden_incidents)::uuid[])))",
    "app_not_through_glass": "(({incident} IS NULL) OR ({incident} <> ALL (( SELECT sec.only_read_incidents() "
    "AS only_read_incidents)::uuid[])))",
    "app_vault_not_through_glass": "(NOT ( SELECT sec.only_reads_vault() AS only_reads_vault))",
    "app_concern_not_through_glass": "((concern_id IS NULL) OR "
    "(NOT ( SELECT sec.only_reads_vault() AS only_reads_vault)))",
    "app_hold_not_through_glass": "(COALESCE((other_kind <> ALL (ARRAY['concern'::text, 'allegation'::text])), true) "
    "OR (NOT ( SELECT sec.only_reads_vault() AS only_reads_vault)))",
    "app_disposal_not_through_glass": "((kind <> ALL (ARRAY['concern'::text, 'allegation'::text])) OR "
    "(NOT ( SELECT sec.only_reads_vault() AS only_reads_vault)))",
    "app_link_not_hidden": "((linked_id IS NULL) OR (linked_id <> ALL (( SELECT sec.hidden_incidents() "
    "AS hidden_incidents)::uuid[])))",
    "app_not_for_oneself": "(user_id IS DISTINCT FROM ( SELECT sec.current_user_id() AS current_user_id))",
    "app_not_about_oneself": "(((user_id IS NULL) OR (user_id IS DISTINCT FROM ( SELECT sec.current_user_id() "
    "AS current_user_id))) AND (NOT COALESCE((( SELECT sec.current_user_id() AS current_user_id) = ANY (kept_from)), "
    "false)))",
    "app_in_vault": "(( SELECT sec.reads_vault() AS reads_vault) AND ({incident} <> ALL (( SELECT "
    "sec.hidden_concerns() AS hidden_concerns)::uuid[])))",
    "app_in_vault_changed": "(( SELECT sec.reads_vault() AS reads_vault) AND ({incident} <> ALL (( SELECT "
    "sec.hidden_concerns() AS hidden_concerns)::uuid[])))",
    "app_own_note": "((kind <> 'note'::text) OR (written_by = ( SELECT sec.current_user_id() AS current_user_id)))",
    "app_after_inspection": "((user_id = ( SELECT sec.current_user_id() AS current_user_id)) OR (until <= ( SELECT "
    "sec.clock() AS clock)))",
    "app_not_sized": "(log <> 'restricted'::text)",
    "app_disposal_in_vault": "((NOT restricted) OR (incident_id IS NOT NULL) OR ( SELECT sec.reads_vault() "
    "AS reads_vault))",
    "app_disposal_of_vault": "((kind <> ALL (ARRAY['concern'::text, 'allegation'::text])) OR (( SELECT "
    "sec.reads_vault() AS reads_vault) AND (NOT (subjects && ( SELECT sec.hidden_concerns() AS hidden_concerns)))))",
    "app_hold_in_vault": "(COALESCE((other_kind <> ALL (ARRAY['concern'::text, 'allegation'::text])), true) OR "
    "(( SELECT sec.reads_vault() AS reads_vault) AND (other_id <> ALL (( SELECT sec.hidden_concerns() "
    "AS hidden_concerns)::uuid[]))))",
    "app_not_of_vault": "((concern_id IS NULL) OR (( SELECT sec.reads_vault() AS reads_vault) AND (concern_id <> ALL "
    "(( SELECT sec.hidden_concerns() AS hidden_concerns)::uuid[]))))",
    "app_not_for_visitors": "(( SELECT sec.current_purpose() AS current_purpose) <> 'public'::text)",
    "app_list_in_vault": "( SELECT sec.reads_vault() AS reads_vault)",
    "app_not_asked_about": "(id <> ALL (( SELECT sec.hidden_requests() AS hidden_requests)::uuid[]))",
    "app_of_others_asked_about": "(request_id <> ALL (( SELECT sec.hidden_requests() AS hidden_requests)::uuid[]))",
    "app_subject_not_asked_about": "(subject_id <> ALL (( SELECT sec.hidden_requests() AS hidden_requests)::uuid[]))",
    "app_alert_not_about_oneself": "((kind <> 'alert'::text) OR (EXISTS ( SELECT\n   FROM alerts a\n  WHERE "
    "((a.organisation_id = access_items.organisation_id) AND (a.id = access_items.source_id)))))",
    "app_source_not_hidden": "(source_id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[]))",
    "app_object_not_hidden": "(id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[]))",
    "app_visitors_own": "((( SELECT sec.current_purpose() AS current_purpose) <> 'public'::text) OR "
    "(id = (NULLIF(current_setting('safeguard.recording'::text, true), ''::text))::uuid))",
    "app_visitors_own_changed": "((( SELECT sec.current_purpose() AS current_purpose) <> 'public'::text) OR "
    "(id = (NULLIF(current_setting('safeguard.recording'::text, true), ''::text))::uuid))",
    "app_not_met": "(id <> ALL (( SELECT sec.hidden_people() AS hidden_people)::uuid[]))",
    "app_not_withdrawn": "(withdrawn_at IS NULL)",
    "app_of_those_met": "((person_id IS NULL) OR (person_id <> ALL (( SELECT sec.hidden_people() "
    "AS hidden_people)::uuid[])))",
    "app_about_not_hidden": "(subject_id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[]))",
    "app_transfer_not_hidden": "(transfer_id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[]))",
    "app_link_of_shown": "(proposal_id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[]))",
    "app_by_oneself": "(NOT (proposed_by IS DISTINCT FROM ( SELECT sec.current_user_id() AS current_user_id)))",
    "app_entry_not_hidden": "((log <> 'restricted'::text) OR (object <> ALL (( SELECT sec.hidden_handles() "
    "AS hidden_handles)::bytea[])))",
    "app_job_not_hidden": "((( SELECT sec.current_purpose() AS current_purpose) = 'job'::text) OR ((kind !~~ "
    "'channel.%'::text) AND (subject_id <> ALL (( SELECT sec.hidden_objects() AS hidden_objects)::uuid[])) AND ((kind "
    "<> 'webhook.send'::text) OR (EXISTS ( SELECT\n   FROM webhook_deliveries d\n  WHERE ((d.organisation_id = "
    "job.organisation_id) AND (d.id = job.subject_id)))))))",
    "app_for_workers": "(( SELECT sec.current_purpose() AS current_purpose) = 'job'::text)",
}
"""Policies that take away from what the others give, whatever the role: name -> condition."""

ON_WRITING: Final = frozenset({
    "app_not_through_glass", "app_vault_not_through_glass", "app_concern_not_through_glass",
    "app_hold_not_through_glass", "app_disposal_not_through_glass",
})  # fmt: skip
"""Of those, the ones by which a row is read and not written."""
