"""Acts that take two people, lost passwords, what is assigned to pastoral members, deputies for a period.

Keys of idempotency learn which object was made; sealed answers of earlier releases stay unread until they are swept.
"""

from alembic import op

revision = "0007_second_person"
down_revision = "0006_one_log_per_origin"
branch_labels = None
depends_on = None

PROPOSALS = """
create table public.proposals (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    act text not null,
    subject_id uuid not null,
    incident_id uuid,
    details jsonb not null default '{}',
    told text not null,
    reason text not null,
    log text not null default 'general',
    state text not null default 'open',
    version integer not null default 1,
    proposed_at timestamptz not null,
    proposed_by uuid,
    proposed_by_name text not null,
    expires_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid,
    decided_by_name text not null default '',
    decision_reason text not null default '',
    constraint proposals_pkey primary key (organisation_id, id),
    constraint proposals_proposed_by_fkey foreign key (organisation_id, proposed_by)
        references public.memberships (organisation_id, user_id),
    constraint proposals_decided_by_fkey foreign key (organisation_id, decided_by)
        references public.memberships (organisation_id, user_id),
    constraint proposals_state_check check (state in ('open', 'approved', 'declined', 'withdrawn')),
    constraint proposals_log_check check (log in ('general', 'restricted')),
    constraint proposals_reason_check check (length(reason) between 1 and 2000),
    constraint proposals_decided_check check ((state = 'open') = (decided_at is null)),
    constraint proposals_two_check check (
        state = 'withdrawn' or decided_by is null or decided_by is distinct from proposed_by)
)
"""

LINKS = """
create table public.approval_links (
    organisation_id uuid not null,
    id uuid not null,
    proposal_id uuid not null,
    token_hash bytea not null,
    email text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    constraint approval_links_pkey primary key (organisation_id, id),
    constraint approval_links_proposal_fkey foreign key (organisation_id, proposal_id)
        references public.proposals (organisation_id, id),
    constraint approval_links_token_key unique (organisation_id, token_hash),
    constraint approval_links_token_check check (length(token_hash) = 32)
)
"""

RESETS = """
create table public.password_resets (
    user_id uuid not null references public.users (id),
    token_hash bytea not null,
    organisation_id uuid,
    made_by uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint password_resets_pkey primary key (user_id),
    constraint password_resets_token_check check (length(token_hash) = 32),
    constraint password_resets_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id)
)
"""

SCOPES = """
create table public.pastoral_scopes (
    organisation_id uuid not null,
    user_id uuid not null,
    kind text not null,
    value text not null,
    set_at timestamptz not null,
    set_by uuid,
    constraint pastoral_scopes_pkey primary key (organisation_id, user_id, kind, value),
    constraint pastoral_scopes_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint pastoral_scopes_set_by_fkey foreign key (organisation_id, set_by)
        references public.memberships (organisation_id, user_id),
    constraint pastoral_scopes_kind_check check (kind in ('group', 'issue_type', 'risk_area')),
    constraint pastoral_scopes_value_check check (length(value) between 1 and 200)
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    PROPOSALS,
    LINKS,
    RESETS,
    SCOPES,
    "create index proposals_open on public.proposals (organisation_id, proposed_at desc, id desc)",
    # Looked up by hash alone, before anything is known of the organisation; a hash of 128 random bits is unique.
    "create index approval_links_by_token on public.approval_links (token_hash)",
    "create index approval_links_of on public.approval_links (organisation_id, proposal_id)",
    "create unique index password_resets_by_token on public.password_resets (token_hash)",
    "alter table public.tokens add column waits_for uuid",
    """alter table public.tokens add constraint tokens_waits_for_fkey foreign key (organisation_id, waits_for)
       references public.proposals (organisation_id, id) not valid""",
    "alter table public.memberships add column signed_in_at timestamptz",
    "alter table public.memberships add column deputy_from timestamptz",
    "alter table public.memberships add column deputy_until timestamptz",
    """alter table public.memberships add constraint memberships_deputy_check
       check (deputy_until is null or deputy_from is not null and deputy_until > deputy_from) not valid""",
    """update public.memberships m set signed_in_at = d.first
       from (select user_id, min(created_at) as first from public.devices group by user_id) d
       where d.user_id = m.user_id""",
    "alter table public.idempotency add column object_id uuid",
)
"""The constraints hold for what is there, but are not proved by a scan that would hold the tables."""


def upgrade() -> None:
    """Three tables, and what earlier ones learn."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
