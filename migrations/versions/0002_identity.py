"""Invitations, sessions, known devices, tokens, throttling and idempotency keys.

Secrets are stored as SHA-256 only. Sessions, devices and throttles belong to people, not to organisations: nothing but
definer functions touches them (see migrations/sql). Invitations and tokens belong to an organisation.
"""

from alembic import op

revision = "0002_identity"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

# The constraint is valid at once: nobody is a member of anything yet.
MEMBERSHIPS = """
alter table public.memberships
    add column kind text not null default 'person',
    -- squawk-ignore constraint-missing-not-valid
    add constraint memberships_kind_check check (kind in ('person', 'service'))
"""

INVITATIONS = """
create table public.invitations (
    organisation_id uuid not null,
    id uuid not null,
    email text not null,
    roles text[] not null,
    token_hash bytea not null,
    created_at timestamptz not null,
    created_by uuid,
    expires_at timestamptz not null,
    used_at timestamptz,
    withdrawn_at timestamptz,
    constraint invitations_pkey primary key (organisation_id, id),
    constraint invitations_organisation_fkey foreign key (organisation_id) references public.organisations (id),
    constraint invitations_created_by_fkey foreign key (organisation_id, created_by)
        references public.memberships (organisation_id, user_id),
    constraint invitations_token_key unique (organisation_id, token_hash),
    constraint invitations_email_check check (email = lower(email) and length(email) between 3 and 254),
    constraint invitations_roles_check check (cardinality(roles) > 0),
    constraint invitations_token_check check (length(token_hash) = 32),
    constraint invitations_ended_check check (num_nonnulls(used_at, withdrawn_at) <= 1)
)
"""

SESSIONS = """
create table public.sessions (
    token_hash bytea not null,
    id uuid not null,
    user_id uuid not null,
    organisation_id uuid not null,
    created_at timestamptz not null,
    authenticated_at timestamptz not null,
    factors text[] not null,
    last_seen_at timestamptz not null,
    browser text not null,
    device_hash bytea,
    constraint sessions_pkey primary key (token_hash),
    constraint sessions_membership_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint sessions_token_check check (length(token_hash) = 32),
    constraint sessions_browser_check check (length(browser) <= 100)
)
"""

DEVICES = """
create table public.devices (
    user_id uuid not null,
    token_hash bytea not null,
    organisation_id uuid not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    constraint devices_pkey primary key (user_id, token_hash),
    constraint devices_user_fkey foreign key (user_id) references public.users (id),
    constraint devices_token_check check (length(token_hash) = 32)
)
"""

TOKENS = """
create table public.tokens (
    organisation_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    token_hash bytea not null,
    sponsor_id uuid,
    sponsor_name text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint tokens_pkey primary key (organisation_id, id),
    constraint tokens_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint tokens_sponsor_fkey foreign key (organisation_id, sponsor_id)
        references public.memberships (organisation_id, user_id),
    constraint tokens_token_key unique (organisation_id, token_hash),
    constraint tokens_name_check check (length(name) between 1 and 100),
    constraint tokens_token_check check (length(token_hash) = 32),
    constraint tokens_expires_check check (expires_at > created_at)
)
"""

THROTTLES = """
create table public.throttles (
    key bytea not null,
    score double precision not null default 0,
    at timestamptz not null,
    blocked_until timestamptz not null default '-infinity',
    constraint throttles_pkey primary key (key)
)
"""

IDEMPOTENCY = """
create table public.idempotency (
    organisation_id uuid not null,
    actor_id uuid not null,
    route text not null,
    key text not null,
    body_hash bytea not null,
    request_id uuid not null,
    status integer not null,
    location text,
    answer bytea,
    created_at timestamptz not null,
    constraint idempotency_pkey primary key (organisation_id, actor_id, route, key),
    constraint idempotency_organisation_fkey foreign key (organisation_id) references public.organisations (id),
    constraint idempotency_key_check check (length(key) between 1 and 200)
)
"""

INDEXES = (
    # Looked up by hash alone, before anything is known of the organisation; a hash of 128 random bits is unique.
    "create index invitations_by_token on public.invitations (token_hash)",
    "create index invitations_open on public.invitations (organisation_id, email) where used_at is null",
    "create index tokens_by_token on public.tokens (token_hash)",
    "create index tokens_member on public.tokens (organisation_id, user_id)",
    "create unique index sessions_by_id on public.sessions (user_id, id)",
    "create index sessions_member on public.sessions (organisation_id, user_id)",
    "create index throttles_at on public.throttles (at)",
    "create index idempotency_created_at on public.idempotency (organisation_id, created_at)",
)


def upgrade() -> None:
    """Six tables and their indexes; memberships learn that services are members too."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (
        MEMBERSHIPS, INVITATIONS, SESSIONS, DEVICES, TOKENS, THROTTLES, IDEMPOTENCY, *INDEXES,
    ):  # fmt: skip
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records about children: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
