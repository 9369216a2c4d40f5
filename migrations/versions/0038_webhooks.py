"""Outgoing webhooks: which addresses are told of what, and what each was told."""

from alembic import op

revision = "0038_webhooks"
down_revision = "0037_provisioning"
branch_labels = None
depends_on = None

WEBHOOKS = """
create table public.webhooks (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    label text not null,
    url text not null,
    events text[] not null,
    sealed_secret bytea not null,
    earlier_secret bytea,
    earlier_until timestamptz,
    made_at timestamptz not null,
    made_by uuid not null,
    ended_at timestamptz,
    constraint webhooks_pkey primary key (organisation_id, id),
    constraint webhooks_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint webhooks_label_check check (length(label) between 1 and 100),
    constraint webhooks_url_check check (length(url) between 1 and 1000),
    constraint webhooks_events_check check (cardinality(events) > 0),
    constraint webhooks_earlier_check check ((earlier_secret is null) = (earlier_until is null))
)
"""

DELIVERIES = """
create table public.webhook_deliveries (
    organisation_id uuid not null,
    id uuid not null,
    webhook_id uuid not null,
    event text not null,
    subject_id uuid not null,
    key text not null,
    at timestamptz not null,
    state text not null default 'waiting',
    attempts integer not null default 0,
    tried_at timestamptz,
    answer text,
    constraint webhook_deliveries_pkey primary key (organisation_id, id),
    constraint webhook_deliveries_once unique (organisation_id, webhook_id, key),
    constraint webhook_deliveries_webhook_fkey foreign key (organisation_id, webhook_id)
        references public.webhooks (organisation_id, id),
    constraint webhook_deliveries_state_check check (state in ('waiting', 'delivered', 'failed'))
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    WEBHOOKS,
    DELIVERIES,
    "create index webhook_deliveries_list on public.webhook_deliveries (organisation_id, webhook_id, at desc)",
)


def upgrade() -> None:
    """Two tables."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
