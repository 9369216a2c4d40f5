"""Second factors, recovery codes, remembered browsers, shared computers and locked sessions.

All of it belongs to people, not to organisations: nothing but definer functions touches it (58_identity_factors.sql).
"""

from alembic import op

revision = "0029_factors"
down_revision = "0028_mail_in"
branch_labels = None
depends_on = None

FACTORS = """
create table public.second_factors (
    user_id uuid not null,
    id uuid not null,
    kind text not null,
    label text not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    credential_id bytea,
    public_key bytea,
    sign_count bigint not null default 0,
    transports text[] not null default '{}',
    is_synced boolean not null default false,
    sealed bytea,
    last_step bigint,
    constraint second_factors_pkey primary key (user_id, id),
    constraint second_factors_user_fkey foreign key (user_id) references public.users (id),
    constraint second_factors_credential_key unique (credential_id),
    constraint second_factors_kind_check check (
        case kind
            when 'passkey' then num_nulls(credential_id, public_key) = 0 and sealed is null
            when 'totp' then num_nulls(sealed, last_step) = 0 and num_nonnulls(credential_id, public_key) = 0
            when 'invented' then num_nonnulls(credential_id, public_key, sealed) = 0
            else false
        end
    ),
    constraint second_factors_label_check check (length(label) between 1 and 100)
)
"""

CODES = """
create table public.recovery_codes (
    user_id uuid not null,
    code_hash bytea not null,
    made_at timestamptz not null,
    used_at timestamptz,
    constraint recovery_codes_pkey primary key (user_id, code_hash),
    constraint recovery_codes_user_fkey foreign key (user_id) references public.users (id),
    constraint recovery_codes_code_check check (length(code_hash) = 32)
)
"""

CHALLENGES = """
create table public.spent_challenges (
    hash bytea not null,
    at timestamptz not null,
    constraint spent_challenges_pkey primary key (hash)
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    FACTORS,
    CODES,
    CHALLENGES,
    "create index spent_challenges_at on public.spent_challenges (at)",
    "alter table public.devices add column browser text not null default ''",
    "alter table public.devices add column proven_at timestamptz",
    "alter table public.devices add column trusted_until timestamptz",
    "alter table public.sessions add column shared boolean not null default false",
    "alter table public.sessions add column locked_at timestamptz",
)


def upgrade() -> None:
    """Three tables, and what devices and sessions learn."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
