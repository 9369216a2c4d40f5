"""A person's file on its way to the next place, and files that came from others."""

from alembic import op

revision = "0044_transfers"
down_revision = "0043_reminders"
branch_labels = None
depends_on = None

# No foreign key leads to an incident or a person: that a file was sent, and a receipt obtained, stays on record when
# the organisation has disposed of what was in it. The functions of disposal take the names out.
SENT = """
create table public.transfers (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    version integer not null default 1,
    person_id uuid,
    person_name text not null default '',
    way text not null,
    other_id uuid,
    recipient text not null,
    recipient_person text not null default '',
    basis text not null,
    policy text not null,
    state text not null default 'sent',
    incident_count integer not null,
    file_count integer not null,
    sent_at timestamptz not null,
    sent_by uuid,
    sent_by_name text not null,
    sha256 bytea not null,
    size bigint not null,
    object_name text,
    locked_key bytea,
    secret bytea,
    link_hash bytea,
    expires_at timestamptz,
    tries_left integer not null default 0,
    due_on date,
    outbox_id uuid,
    received_at timestamptz,
    received_by text not null default '',
    received_role text not null default '',
    received_at_place text not null default '',
    receipt text,
    cancelled_at timestamptz,
    cancelled_by_name text not null default '',
    cancel_reason text not null default '',
    constraint transfers_pkey primary key (organisation_id, id),
    constraint transfers_link_hash_key unique (organisation_id, link_hash),
    constraint transfers_sent_by_fkey foreign key (organisation_id, sent_by)
        references public.memberships (organisation_id, user_id),
    constraint transfers_way_check check (way in ('inside', 'link', 'paper')),
    constraint transfers_policy_check check (policy in ('keep', 'none')),
    constraint transfers_state_check check (state in ('sent', 'received', 'declined', 'cancelled', 'locked')),
    constraint transfers_recipient_check check (recipient <> ''),
    constraint transfers_inside_check check ((way = 'inside') = (other_id is not null)),
    constraint transfers_link_check check ((way = 'link') = (expires_at is not null)),
    constraint transfers_received_check check ((state = 'received') <= (received_at is not null)),
    constraint transfers_cancelled_check check ((state = 'cancelled') = (cancelled_at is not null))
)
"""
ITEMS = """
create table public.transfer_items (
    organisation_id uuid not null,
    id uuid not null,
    transfer_id uuid not null,
    incident_id uuid not null,
    reference text not null,
    left_out text not null default '',
    as_sent bytea,
    constraint transfer_items_pkey primary key (organisation_id, id),
    constraint transfer_items_incident_key unique (organisation_id, transfer_id, incident_id),
    constraint transfer_items_transfer_fkey foreign key (organisation_id, transfer_id)
        references public.transfers (organisation_id, id)
)
"""
INCOMING = """
create table public.incoming_transfers (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    version integer not null default 1,
    way text not null,
    sender_id uuid,
    sender_name text not null,
    contact text not null default '',
    state text not null default 'waiting',
    arrived_at timestamptz not null,
    arrived_by uuid,
    sha256 bytea not null,
    size bigint not null,
    object_name text,
    locked_key bytea,
    secret bytea,
    opened_at timestamptz,
    opened_by uuid,
    opened_by_name text not null default '',
    opened_role text not null default '',
    ended_at timestamptz,
    ended_by_name text not null default '',
    end_reason text not null default '',
    person_id uuid,
    made_count integer not null default 0,
    known_count integer not null default 0,
    file_count integer not null default 0,
    constraint incoming_transfers_pkey primary key (organisation_id, id),
    constraint incoming_transfers_arrived_by_fkey foreign key (organisation_id, arrived_by)
        references public.memberships (organisation_id, user_id),
    constraint incoming_transfers_opened_by_fkey foreign key (organisation_id, opened_by)
        references public.memberships (organisation_id, user_id),
    constraint incoming_transfers_way_check check (way in ('inside', 'upload')),
    constraint incoming_transfers_state_check
        check (state in ('waiting', 'opened', 'imported', 'declined', 'cancelled')),
    constraint incoming_transfers_inside_check check ((way = 'inside') = (sender_id is not null)),
    constraint incoming_transfers_ended_check
        check ((state in ('imported', 'declined', 'cancelled')) = (ended_at is not null))
)
"""
# A fifth ground: the next place has the file, and the organisation keeps no copy.
# Rows that are there fulfil the narrower condition of before, so nothing has to be looked through.
GROUNDS = (
    "-- squawk-ignore ban-drop-constraint\nalter table public.disposals drop constraint disposals_ground_check",
    "alter table public.disposals add constraint disposals_ground_check"
    " check (ground in ('period', 'mistake', 'erasure', 'police', 'transferred')) not valid",
)
INDEXES = (
    "create index transfers_list on public.transfers (organisation_id, sent_at desc, id desc)",
    "create index transfers_person on public.transfers (organisation_id, person_id)",
    "create index transfer_items_incident on public.transfer_items (organisation_id, incident_id)",
    "create index incoming_transfers_list on public.incoming_transfers (organisation_id, arrived_at desc, id desc)",
)


def upgrade() -> None:
    """Three tables: what was sent, which incidents it held, and what came."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (SENT, ITEMS, INCOMING, *GROUNDS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
