"""Who may do what, as one table.

Every route names a permission from here, or says `PUBLIC` or `SIGNED_IN`; an unmarked route stops start-up.
The operator of the platform appears nowhere: an operator holds nothing that an organisation owns.
"""

from enum import StrEnum
from typing import Final

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope


class Permission(StrEnum):
    """Something that can be done, as `noun:verb`."""

    HOME_READ = "home:read"
    INCIDENT_RECORD = "incident:record"
    INCIDENT_READ_OWN = "incident:read_own"
    INCIDENT_READ_ASSIGNED = "incident:read_assigned"
    INCIDENT_READ = "incident:read"
    INCIDENT_FOLLOW_UP = "incident:follow_up"
    INCIDENT_TRIAGE = "incident:triage"
    INCIDENT_CLOSE = "incident:close"
    INCIDENT_RESTRICT = "incident:restrict"
    GLASS_BREAK = "glass:break"
    CONCERN_RAISE = "concern:raise"
    CONCERN_NAME = "concern:name"
    PERSON_READ = "person:read"
    PERSON_RECORD = "person:record"
    ATTACHMENT_ADD = "attachment:add"
    ATTACHMENT_READ = "attachment:read"
    REFERRAL_READ = "referral:read"
    REFERRAL_MAKE = "referral:make"
    AUDIT_READ = "audit:read"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_EXPORT = "evidence:export"
    RECORDS_TAKE = "records:take"
    INSPECTION_MANAGE = "inspection:manage"
    INSPECTION_READ = "inspection:read"
    RECORDS_MANAGE = "records:manage"
    RECORDS_ANSWER = "records:answer"
    APPROVALS_READ = "approvals:read"
    USERS_MANAGE = "users:manage"
    LEAD_REPLACE = "lead:replace"
    ACCOUNTS_PROVISION = "accounts:provision"
    TOKENS_MANAGE = "tokens:manage"
    RESOURCES_READ = "resources:read"
    RESOURCES_KEEP = "resources:keep"
    STANDARDS_READ = "standards:read"
    STANDARDS_REVIEW = "standards:review"
    STANDARDS_SIGN = "standards:sign"
    POLICY_READ = "policy:read"
    REGISTER_READ = "register:read"
    REGISTER_KEEP = "register:keep"
    FILTERING_READ = "filtering:read"
    FILTERING_CHECK = "filtering:check"
    INSIGHTS_READ = "insights:read"
    INSIGHTS_EXACT = "insights:exact"
    INSIGHTS_OPEN = "insights:open"
    GROUP_READ = "group:read"
    HELPLINE_WORK = "helpline:work"
    HELPLINE_SUPERVISE = "helpline:supervise"
    SETTINGS_READ = "settings:read"
    SETTINGS_MANAGE = "settings:manage"
    OPERATIONS_READ = "operations:read"


class Marker(StrEnum):
    """What a route says in place of a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC: Final = Marker.PUBLIC
"""Anybody, without a session."""
SIGNED_IN: Final = Marker.SIGNED_IN
"""Anybody with a session, whatever their role: their own account, switching organisation."""

_LEADS = frozenset({Role.LEAD, Role.DEPUTY})
_STAFF = _LEADS | {
    Role.REPORTER, Role.PASTORAL, Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR, Role.GROUP_LEAD,
    Role.PRACTITIONER, Role.SUPERVISOR,
}  # fmt: skip

ALLOWED: Final[dict[Permission, frozenset[Role]]] = {
    Permission.HOME_READ: _STAFF | {Role.INSPECTOR},
    Permission.INCIDENT_RECORD: _STAFF - {Role.GOVERNOR, Role.GROUP_LEAD},
    Permission.INCIDENT_READ_OWN: _STAFF - {Role.GOVERNOR, Role.GROUP_LEAD},
    Permission.INCIDENT_READ_ASSIGNED: frozenset({Role.PASTORAL}),
    Permission.INCIDENT_READ: _LEADS,
    Permission.INCIDENT_FOLLOW_UP: _LEADS,
    Permission.INCIDENT_TRIAGE: _LEADS,
    Permission.INCIDENT_CLOSE: _LEADS,
    Permission.INCIDENT_RESTRICT: _LEADS,
    Permission.GLASS_BREAK: _LEADS | {Role.HEAD},
    # Whom the vault is open to is no role alone: the head, whom the head named, and never whom a concern is about.
    # The database decides that for each row; everybody else has at its address what they raised themselves.
    Permission.CONCERN_RAISE: _STAFF,
    Permission.CONCERN_NAME: frozenset({Role.HEAD}),
    Permission.PERSON_READ: _LEADS,
    Permission.PERSON_RECORD: _LEADS,
    Permission.ATTACHMENT_ADD: _LEADS,
    Permission.ATTACHMENT_READ: _LEADS,
    Permission.REFERRAL_READ: _LEADS,
    Permission.REFERRAL_MAKE: _LEADS,
    Permission.AUDIT_READ: _LEADS,
    Permission.EVIDENCE_READ: _LEADS,
    Permission.EVIDENCE_EXPORT: _LEADS,
    # What there is to take along, and registers as tables. A head takes what a head reads: registers, and the vault.
    # Packs hold incidents whole, which a head reads none of by that role, so `evidence:export` stays with the leads.
    Permission.RECORDS_TAKE: _LEADS | {Role.HEAD},
    Permission.INSPECTION_MANAGE: _LEADS,
    # Holds, disposal, requests by those whom records are about. Disposal and release take another person besides.
    Permission.RECORDS_MANAGE: _LEADS,
    # Requests for what is kept about somebody. A head has those alone that no lead may see to: about them, or by them.
    Permission.RECORDS_ANSWER: _LEADS | {Role.HEAD},
    # By itself this opens nothing: what an inspector reads is one inspection, as long as it lasts.
    Permission.INSPECTION_READ: frozenset({Role.INSPECTOR}),
    Permission.APPROVALS_READ: _LEADS | {Role.ADMINISTRATOR, Role.HEAD, Role.SUPERVISOR},
    Permission.USERS_MANAGE: _LEADS | {Role.ADMINISTRATOR, Role.SUPERVISOR},
    # Those beside the lead: a lead gives the lead to somebody under Accounts. What is asked for, another agrees to.
    Permission.LEAD_REPLACE: frozenset({Role.DEPUTY, Role.HEAD, Role.ADMINISTRATOR}),
    # Nobody's by their role: an organisation's directory has it, and nothing beside it.
    Permission.ACCOUNTS_PROVISION: frozenset(),
    Permission.TOKENS_MANAGE: _LEADS | {Role.ADMINISTRATOR, Role.SUPERVISOR},
    Permission.RESOURCES_READ: _STAFF,
    Permission.RESOURCES_KEEP: _LEADS | {Role.HEAD, Role.SUPERVISOR},
    Permission.STANDARDS_READ: _LEADS | {Role.HEAD, Role.GOVERNOR},
    Permission.STANDARDS_REVIEW: _LEADS | {Role.HEAD},
    Permission.STANDARDS_SIGN: frozenset({Role.HEAD, Role.GOVERNOR}),
    Permission.POLICY_READ: _STAFF,
    Permission.REGISTER_READ: _LEADS | {Role.HEAD, Role.GOVERNOR},
    Permission.REGISTER_KEEP: _LEADS | {Role.HEAD},
    # Whoever looks after the network tries the filter, and reads what is blocked and why. None of it is about people.
    Permission.FILTERING_READ: _LEADS | {Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR},
    Permission.FILTERING_CHECK: _LEADS | {Role.HEAD, Role.ADMINISTRATOR},
    Permission.INSIGHTS_READ: _LEADS | {Role.HEAD, Role.GOVERNOR},
    Permission.INSIGHTS_EXACT: _LEADS,
    # The address of figures: whoever sees those of a group alone is led on to them.
    Permission.INSIGHTS_OPEN: _LEADS | {Role.HEAD, Role.GOVERNOR, Role.GROUP_LEAD},
    Permission.GROUP_READ: frozenset({Role.GROUP_LEAD}),
    # What a caller says in confidence stays with those who answer: a lead of the helpline handles its own incidents.
    Permission.HELPLINE_WORK: frozenset({Role.PRACTITIONER, Role.SUPERVISOR}),
    Permission.HELPLINE_SUPERVISE: frozenset({Role.SUPERVISOR}),
    Permission.SETTINGS_READ: _LEADS | {Role.ADMINISTRATOR, Role.HEAD, Role.SUPERVISOR},
    Permission.SETTINGS_MANAGE: _LEADS | {Role.ADMINISTRATOR, Role.SUPERVISOR},
    Permission.OPERATIONS_READ: _LEADS | {Role.ADMINISTRATOR, Role.SUPERVISOR},
}

TAKES_OUT: Final = frozenset({Permission.EVIDENCE_EXPORT, Permission.RECORDS_TAKE})
"""With one of these a copy leaves: it costs more of the limits, and is not for whoever reads in an emergency."""

OPENED: Final[dict[Scope, frozenset[Permission]]] = {
    Scope.INCIDENTS_RECORD: frozenset({Permission.INCIDENT_RECORD}),
    Scope.INCIDENTS_READ: frozenset({
        Permission.INCIDENT_READ_OWN, Permission.INCIDENT_READ_ASSIGNED, Permission.INCIDENT_READ,
    }),
    Scope.INCIDENTS_WRITE: frozenset({Permission.INCIDENT_FOLLOW_UP}),
    Scope.ATTACHMENTS_READ: frozenset({Permission.ATTACHMENT_READ}),
    Scope.ATTACHMENTS_WRITE: frozenset({Permission.ATTACHMENT_ADD}),
    Scope.PEOPLE_READ: frozenset({Permission.PERSON_READ}),
    Scope.PEOPLE_WRITE: frozenset({Permission.PERSON_RECORD}),
    Scope.CONCERNS_RAISE: frozenset({Permission.CONCERN_RAISE}),
    Scope.REFERRALS_READ: frozenset({Permission.REFERRAL_READ}),
    Scope.REFERRALS_WRITE: frozenset({Permission.REFERRAL_MAKE}),
    # Sending takes `evidence:export` too. No other route of the API asks for this permission.
    Scope.TRANSFERS_WRITE: frozenset({Permission.RECORDS_MANAGE}),
    Scope.REGISTERS_READ: frozenset({Permission.REGISTER_READ}),
    # What is written down in a register becomes evidence for a standard: no route of the API opens more of those.
    Scope.REGISTERS_WRITE: frozenset({
        Permission.REGISTER_KEEP, Permission.STANDARDS_READ, Permission.STANDARDS_REVIEW,
    }),
    Scope.FILTERING_READ: frozenset({Permission.FILTERING_READ}),
    Scope.FILTERING_WRITE: frozenset({Permission.FILTERING_CHECK}),
    # The levels of the standards are among the figures.
    Scope.INSIGHTS_READ: frozenset({
        Permission.INSIGHTS_READ, Permission.INSIGHTS_EXACT, Permission.STANDARDS_READ,
    }),
    Scope.EVIDENCE_READ: frozenset({Permission.EVIDENCE_READ}),
    Scope.EVIDENCE_EXPORT: frozenset({Permission.EVIDENCE_EXPORT}),
}  # fmt: skip
"""What each scope of a token opens, of that which its role may anyway: a scope adds nothing to a role.

A permission that stands in no scope is none of a scoped token's: settings, people's accounts and tokens among them.
"""


OF_VISITORS: Final = frozenset({Permission.INCIDENT_RECORD, Permission.CONCERN_RAISE})
"""What whoever writes by the public page may do. They read nothing: the vault stays shut to them in the database."""


OF_PROVISIONERS: Final = frozenset({Permission.ACCOUNTS_PROVISION})
"""What an organisation's directory may do, whatever its roles say: it asks for roles in an administrator's place."""

WITH_ONE_FACTOR: Final = frozenset({Permission.INCIDENT_RECORD})
"""What a member who is only a reporter may do before a second factor is shown: hand something in, and read nothing."""
ONLY_REPORTS: Final = frozenset({Role.REPORTER})


def may(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` may do `permission` in their organisation.

    The system may do anything in the organisation that it acts in: it acts only through the jobs that somebody with
    the right to do so asked for, or that the schedule names.
    """
    if actor.kind is ActorKind.PUBLIC:
        return permission in OF_VISITORS
    if actor.kind is ActorKind.PROVISIONER:
        return permission in OF_PROVISIONERS
    if actor.kind is ActorKind.SYSTEM:
        return True
    if not actor.assured:
        return may_with_one(actor.roles, permission)
    return is_given(actor, permission) and _in_scope(actor, permission)


def may_with_two(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` could do it once a second factor is shown."""
    return actor.kind is not ActorKind.PROVISIONER and is_given(actor, permission) and _in_scope(actor, permission)


def scopes_of(roles: frozenset[Role]) -> tuple[Scope, ...]:
    """The scopes that open anything to these roles."""
    held = permissions_of(roles)
    return tuple(scope for scope in Scope if not OPENED[scope].isdisjoint(held))


def scopes_for(permission: Permission) -> tuple[Scope, ...]:
    """The scopes of which any one opens this."""
    return tuple(scope for scope in Scope if permission in OPENED[scope])


def is_given(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's roles give this, and those of whoever answers for them, whatever else is asked of them."""
    return _given(actor.roles, permission) and is_answered_for(actor, permission)


def is_answered_for(actor: Actor, permission: Permission) -> bool:
    """Whether whoever answers for a program may do this themselves, at this moment; nobody answers for a person."""
    return actor.answering is None or _given(actor.answering, permission)


def is_covered(role: Role, answering: frozenset[Role]) -> bool:
    """Whether somebody with these roles may do all that a program with this role can be made for."""
    held = permissions_of(answering)
    opened = frozenset[Permission]().union(*OPENED.values())
    return permissions_of(frozenset({role})) & opened <= held


def _in_scope(actor: Actor, permission: Permission) -> bool:
    return actor.scopes is None or any(permission in OPENED[scope] for scope in actor.scopes)


def may_with_one(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether somebody with these roles may do it before a second factor is shown."""
    return roles == ONLY_REPORTS and permission in WITH_ONE_FACTOR


def needs_two(roles: frozenset[Role]) -> bool:
    """Whether these roles can do nothing at all before a second factor is shown."""
    return roles != ONLY_REPORTS


def _given(roles: frozenset[Role], permission: Permission) -> bool:
    return not ALLOWED[permission].isdisjoint(roles)


def permissions_of(roles: frozenset[Role], *, assured: bool = True) -> frozenset[Permission]:
    """Everything that somebody with these roles may do; with one factor, next to nothing."""
    if not assured:
        return frozenset(permission for permission in Permission if may_with_one(roles, permission))
    return frozenset(permission for permission, allowed in ALLOWED.items() if not allowed.isdisjoint(roles))
