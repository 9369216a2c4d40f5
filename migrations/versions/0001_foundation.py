"""Organisations and people, the verifiable log, and jobs.

Policies, functions and grants are not here: they stand in `migrations/sql`, which is applied after every upgrade.
Every key of an owned table leads with `organisation_id`: a foreign key without it would accept another
organisation's row, and a unique constraint without it would tell that such a row exists.
"""

from alembic import op

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = """
set local lock_timeout = '5s';
create schema sec;
create schema audit;
create schema jobs;
create schema identity;
"""

SECRETS = """
create table sec.keys (
    id text primary key,
    inner_pad bytea not null check (length(inner_pad) = 64),
    outer_pad bytea not null check (length(outer_pad) = 64),
    created_at timestamptz not null default now()
);
"""

PEOPLE = """
create table organisations (
    id uuid primary key,
    slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text not null check (length(name) between 1 and 200),
    kind text not null,
    nation text not null,
    time_zone text not null,
    urn text,
    ukprn text,
    state text not null default 'setting_up' check (state in ('setting_up', 'active', 'suspended', 'leaving')),
    parent_id uuid references organisations (id),
    second_person_name text,
    second_person_email text,
    created_at timestamptz not null default now(),
    constraint organisations_slug_key unique (slug)
);
create index organisations_parent_id_idx on organisations (parent_id);

create table users (
    id uuid primary key,
    email text not null check (email = lower(email) and length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 200),
    password_hash text,
    created_at timestamptz not null default now(),
    disabled_at timestamptz,
    constraint users_email_key unique (email)
);

create table memberships (
    organisation_id uuid not null references organisations (id),
    user_id uuid not null references users (id),
    name text not null check (length(name) between 1 and 200),
    email text not null,
    roles text[] not null,
    state text not null default 'active' check (state in ('active', 'ended')),
    created_at timestamptz not null default now(),
    primary key (organisation_id, user_id)
);
create index memberships_user_id_idx on memberships (user_id);
"""

AUDIT = """
create table audit.logs (
    organisation_id uuid not null,
    log text not null check (log in ('general', 'restricted', 'platform')),
    id uuid not null,
    origin_id text not null check (origin_id ~ '^[0-9a-f]{32}$'),
    epoch integer not null default 1,
    size bigint not null default 0,
    frontier bytea[] not null default '{}',
    last_at timestamptz not null default '-infinity',
    primary key (organisation_id, log)
);

create table audit.leaves (
    organisation_id uuid not null,
    log text not null,
    index bigint not null,
    entry text not null,
    hash bytea not null check (length(hash) = 32),
    object bytea not null check (length(object) = 32),
    primary key (organisation_id, log, index),
    foreign key (organisation_id, log) references audit.logs (organisation_id, log)
);
create index leaves_object_idx on audit.leaves (organisation_id, object, index);

create table audit.objects (
    organisation_id uuid not null,
    kind text not null,
    id uuid not null,
    salt bytea not null check (length(salt) = 32),
    handle bytea not null check (length(handle) = 32),
    primary key (organisation_id, kind, id),
    unique (organisation_id, handle)
);

create table audit.actors (
    organisation_id uuid not null,
    user_id uuid not null,
    handle bytea not null check (length(handle) = 16),
    primary key (organisation_id, user_id),
    unique (organisation_id, handle)
);

create table audit.documents (
    organisation_id uuid not null,
    kind text not null,
    id uuid not null,
    version integer not null check (version >= 1),
    fields text not null,
    salt bytea not null check (length(salt) = 32),
    commitment bytea not null check (length(commitment) = 32),
    primary key (organisation_id, kind, id, version)
);

create table audit.checkpoints (
    organisation_id uuid not null,
    log text not null,
    size bigint not null,
    root bytea not null check (length(root) = 32),
    note text not null,
    signed_at timestamptz not null,
    primary key (organisation_id, log, size),
    foreign key (organisation_id, log) references audit.logs (organisation_id, log)
);
"""

JOBS = """
create table jobs.job (
    organisation_id uuid not null,
    id uuid not null,
    kind text not null,
    subject_id uuid not null,
    key text not null,
    asked_by uuid,
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'parked')),
    run_at timestamptz not null,
    attempts integer not null default 0,
    fence bigint not null default 0,
    done integer not null default 0,
    total integer not null default 0,
    created_at timestamptz not null,
    rung_at timestamptz,
    claimed_at timestamptz,
    finished_at timestamptz,
    fault text,
    primary key (organisation_id, id),
    unique (organisation_id, kind, key)
);
create unique index job_id_idx on jobs.job (id);
create index job_waiting_idx on jobs.job (run_at) where state in ('queued', 'running');
create index job_parked_idx on jobs.job (organisation_id, finished_at) where state = 'parked';

create table jobs.schedule (
    name text primary key,
    cron text not null,
    job text not null,
    next_at timestamptz not null,
    last_at timestamptz
);
"""


def upgrade() -> None:
    """Make the foundation."""
    for part in (SCHEMAS, SECRETS, PEOPLE, AUDIT, JOBS):
        op.execute(part)


def downgrade() -> None:
    """There is no way back from records about children: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
