"""Sign-on by an organisation's own provider: connections, whose account there is whose here, and sign-ins on their way.

A connection's issuer never changes: another provider is another connection, and nobody's account there counts here.
"""

from alembic import op

revision = "0030_sign_on"
down_revision = "0029_factors"
branch_labels = None
depends_on = None

CONNECTIONS = """
create table public.sign_on_connections (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    label text not null,
    issuer text not null,
    client_id text not null,
    client_secret bytea not null,
    subject_claim text not null default 'sub',
    two_claim text not null default '',
    two_value text not null default '',
    state text not null default 'draft',
    version integer not null default 1,
    required_from timestamptz,
    tried_at timestamptz,
    tried_well boolean,
    made_at timestamptz not null,
    made_by uuid,
    constraint sign_on_connections_pkey primary key (organisation_id, id),
    constraint sign_on_connections_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint sign_on_connections_state_check check (state in ('draft', 'open', 'off')),
    constraint sign_on_connections_subject_claim_check check (subject_claim in ('sub', 'oid')),
    constraint sign_on_connections_two_check check (
        two_claim in ('', 'amr', 'acr') and (two_claim = '') = (two_value = '')),
    constraint sign_on_connections_required_check check (required_from is null or state = 'open')
)
"""

ACCOUNTS = """
create table public.sign_on_accounts (
    organisation_id uuid not null,
    connection_id uuid not null,
    user_id uuid not null,
    immutable_id text,
    subject text,
    added_at timestamptz not null,
    last_used_at timestamptz,
    constraint sign_on_accounts_pkey primary key (organisation_id, connection_id, user_id),
    constraint sign_on_accounts_connection_fkey foreign key (organisation_id, connection_id)
        references public.sign_on_connections (organisation_id, id),
    constraint sign_on_accounts_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint sign_on_accounts_subject_key unique (organisation_id, connection_id, subject),
    constraint sign_on_accounts_immutable_key unique (organisation_id, connection_id, immutable_id)
)
"""

EXEMPTIONS = """
create table public.sign_on_exemptions (
    organisation_id uuid not null,
    user_id uuid not null,
    reason text not null,
    made_at timestamptz not null,
    made_by uuid,
    constraint sign_on_exemptions_pkey primary key (organisation_id, user_id),
    constraint sign_on_exemptions_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint sign_on_exemptions_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id)
)
"""

ATTEMPTS = """
create table public.sign_on_attempts (
    organisation_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    kind text not null,
    user_id uuid,
    state_hash bytea not null,
    browser_hash bytea not null,
    nonce text not null,
    verifier text not null,
    next text not null,
    begun_at timestamptz not null,
    constraint sign_on_attempts_pkey primary key (organisation_id, id),
    constraint sign_on_attempts_connection_fkey foreign key (organisation_id, connection_id)
        references public.sign_on_connections (organisation_id, id),
    constraint sign_on_attempts_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint sign_on_attempts_state_check check (length(state_hash) = 32 and length(browser_hash) = 32),
    constraint sign_on_attempts_kind_check check (kind in ('enter', 'link', 'try')),
    constraint sign_on_attempts_whose_check check ((kind = 'enter') = (user_id is null))
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    CONNECTIONS,
    ACCOUNTS,
    EXEMPTIONS,
    ATTEMPTS,
    # Looked up by hash alone, before anything is known of the organisation; a hash of 128 random bits is unique.
    "create index sign_on_attempts_by_state on public.sign_on_attempts (state_hash)",
    "create index sign_on_attempts_by_age on public.sign_on_attempts (begun_at)",
    "create index sign_on_accounts_of_member on public.sign_on_accounts (organisation_id, user_id)",
)


def upgrade() -> None:
    """Four tables."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
