"""The channel between organisations: keys, what waits to leave, what has arrived, and how far each pair has got.

The other organisation stands here as an id without a foreign key: it may be one of another deployment. What lies in
the outbox and the inbox is sealed; no row of one organisation is ever read by another.
"""

from alembic import op

revision = "0021_channel"
down_revision = "0020_insights"
branch_labels = None
depends_on = None

KEYS = """
create table public.channel_keys (
    organisation_id uuid not null references public.organisations (id),
    version integer not null,
    signing bytea not null,
    sealing bytea not null,
    secret bytea not null,
    made_at timestamptz not null,
    constraint channel_keys_pkey primary key (organisation_id, version),
    constraint channel_keys_version_check check (version >= 1),
    constraint channel_keys_public_check check (length(signing) = 32 and length(sealing) = 32)
)
"""
PAIRS = """
create table public.channel_pairs (
    organisation_id uuid not null references public.organisations (id),
    other_id uuid not null,
    sent bigint not null default 0,
    sent_hash bytea,
    received bigint not null default 0,
    received_hash bytea,
    constraint channel_pairs_pkey primary key (organisation_id, other_id),
    constraint channel_pairs_sent_check check ((sent = 0) = (sent_hash is null)),
    constraint channel_pairs_received_check check ((received = 0) = (received_hash is null))
)
"""
OUTBOX = """
create table public.channel_outbox (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    other_id uuid not null,
    subject_id uuid not null,
    log text not null default 'general',
    body bytea,
    put_at timestamptz not null,
    sequence bigint,
    envelope bytea,
    hash bytea,
    expires_at timestamptz,
    carried_at timestamptz,
    delivered_at timestamptz,
    receipt bytea,
    verdict text,
    constraint channel_outbox_pkey primary key (organisation_id, id),
    constraint channel_outbox_sequence_key unique (organisation_id, other_id, sequence),
    constraint channel_outbox_hash_key unique (organisation_id, hash),
    constraint channel_outbox_log_check check (log in ('general', 'restricted')),
    constraint channel_outbox_sealed_check check (
        num_nonnulls(sequence, envelope, hash, expires_at) in (0, 4) and (envelope is null) = (body is not null)
    ),
    constraint channel_outbox_carried_check check (carried_at is null or envelope is not null),
    constraint channel_outbox_delivered_check check (
        num_nonnulls(delivered_at, receipt, verdict) in (0, 3)
        and (verdict is null or verdict in ('accepted', 'refused'))
    )
);
create index channel_outbox_waiting on public.channel_outbox (organisation_id, other_id, put_at, id)
    where delivered_at is null;
create index channel_outbox_subject on public.channel_outbox (organisation_id, subject_id, put_at, id);
"""
INBOX = """
create table public.channel_inbox (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    other_id uuid not null,
    what text not null,
    hash bytea not null,
    content bytea not null,
    arrived_at timestamptz not null,
    state text not null default 'waiting',
    fault text not null default '',
    sequence bigint,
    opened_at timestamptz,
    answered_at timestamptz,
    constraint channel_inbox_pkey primary key (organisation_id, id),
    constraint channel_inbox_hash_key unique (organisation_id, hash),
    constraint channel_inbox_what_check check (what in ('envelope', 'receipt')),
    constraint channel_inbox_state_check check (
        case state
            when 'waiting' then opened_at is null
            when 'accepted' then opened_at is not null
            when 'refused' then opened_at is not null and fault <> ''
            else false
        end
    )
);
create index channel_inbox_waiting on public.channel_inbox (organisation_id, other_id, arrived_at, id)
    where state = 'waiting';
create index channel_inbox_unanswered on public.channel_inbox (organisation_id, other_id, opened_at, id)
    where answered_at is null and sequence is not null;
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (KEYS, PAIRS, OUTBOX, INBOX):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
