"""The operator's console: who operates the service, their sessions, what they did, what two of them decide.

Nothing in it belongs to an organisation, and nothing but definer functions touches it (66_console.sql). The role that
the console connects as is made with the other roles; where they are made by hand, docker/roles.sql makes it.
"""

from alembic import op

revision = "0039_console"
down_revision = "0038_webhooks"
branch_labels = None
depends_on = None

ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = 'safeguard_operator') then
        raise exception 'the role safeguard_operator is missing: run docker/roles.sql of this release first';
    end if;
end $$
"""

OPERATORS = """
create table console.operators (
    id uuid not null,
    email text not null,
    name text not null,
    created_at timestamptz not null,
    password_hash text,
    sealed bytea,
    last_step bigint not null default 0,
    link_hash bytea,
    link_until timestamptz,
    disabled_at timestamptz,
    constraint operators_pkey primary key (id),
    constraint operators_email_key unique (email),
    constraint operators_email_check check (length(email) between 3 and 254),
    constraint operators_name_check check (length(name) between 1 and 200),
    constraint operators_link_check check (num_nulls(link_hash, link_until) in (0, 2)),
    constraint operators_factors_check check (num_nulls(password_hash, sealed) in (0, 2))
)
"""

SESSIONS = """
create table console.sessions (
    token_hash bytea not null,
    operator_id uuid not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    proven_at timestamptz not null,
    constraint sessions_pkey primary key (token_hash),
    constraint sessions_operator_fkey foreign key (operator_id) references console.operators (id)
)
"""

ACTS = """
create table console.acts (
    id uuid not null,
    at timestamptz not null,
    operator_id uuid not null,
    operator_name text not null,
    act text not null,
    organisation_id uuid,
    reason text not null default '',
    constraint acts_pkey primary key (id),
    constraint acts_operator_fkey foreign key (operator_id) references console.operators (id),
    constraint acts_organisation_fkey foreign key (organisation_id) references public.organisations (id),
    constraint acts_act_check check (act in (
        'enrolled', 'signed_in', 'suspended', 'resumed', 'leaving_asked', 'leaving_agreed', 'leaving_declined',
        'leaving_undone', 'announced', 'announcement_ended')),
    constraint acts_reason_check check (length(reason) <= 1000)
)
"""

REQUESTS = """
create table console.requests (
    id uuid not null,
    organisation_id uuid not null,
    asked_by uuid not null,
    asked_by_name text not null,
    asked_at timestamptz not null,
    reason text not null,
    decided_by uuid,
    decided_by_name text,
    decided_at timestamptz,
    decision text,
    constraint requests_pkey primary key (id),
    constraint requests_organisation_fkey foreign key (organisation_id) references public.organisations (id),
    constraint requests_asked_by_fkey foreign key (asked_by) references console.operators (id),
    constraint requests_decided_by_fkey foreign key (decided_by) references console.operators (id),
    constraint requests_reason_check check (length(reason) between 1 and 1000),
    constraint requests_decision_check check (
        num_nulls(decided_by, decided_by_name, decided_at, decision) in (0, 4)
        and (decision is null or decision in ('agreed', 'declined'))),
    constraint requests_two_check check (decision is distinct from 'agreed' or decided_by <> asked_by)
)
"""

ANNOUNCEMENTS = """
create table console.announcements (
    id uuid not null,
    words text not null,
    made_by uuid not null,
    made_at timestamptz not null,
    until timestamptz not null,
    constraint announcements_pkey primary key (id),
    constraint announcements_made_by_fkey foreign key (made_by) references console.operators (id),
    constraint announcements_words_check check (length(words) between 1 and 500)
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    ROLE,
    "create schema console",
    OPERATORS,
    SESSIONS,
    ACTS,
    REQUESTS,
    ANNOUNCEMENTS,
    "create index sessions_operator on console.sessions (operator_id)",
    "create index acts_at on console.acts (at)",
    "create unique index requests_open on console.requests (organisation_id) where decision is null",
    "create index announcements_until on console.announcements (until)",
)


def upgrade() -> None:
    """A schema of its own, and five tables."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
