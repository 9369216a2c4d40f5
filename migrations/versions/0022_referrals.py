"""Referrals: the organisation's own record of what it asked of the helpline, and of everything said since.

The helpline keeps a record of its own. Nothing here points to it, and nothing there points here.
"""

from alembic import op

revision = "0022_referrals"
down_revision = "0021_channel"
branch_labels = None
depends_on = None

REFERRALS = """
create table public.referrals (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    helpline_id uuid not null,
    helpline_name text not null,
    reference text not null,
    version integer not null default 1,
    state text not null default 'submitted',
    urgency text not null,
    asked text[] not null,
    lawful_basis text not null,
    condition text not null,
    reason text not null,
    pseudonyms jsonb not null default '[]',
    case_reference text not null default '',
    sent_at timestamptz not null,
    sent_by uuid,
    sent_by_name text not null,
    closed_at timestamptz,
    outcome text not null default '',
    helpful integer,
    feedback text not null default '',
    last_activity_at timestamptz not null,
    constraint referrals_pkey primary key (organisation_id, id),
    constraint referrals_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint referrals_sent_by_fkey foreign key (organisation_id, sent_by)
        references public.memberships (organisation_id, user_id),
    constraint referrals_reference_key unique (organisation_id, reference),
    constraint referrals_version_check check (version >= 1),
    constraint referrals_helpful_check check (helpful between 1 and 5),
    constraint referrals_urgency_check check (urgency in ('routine', 'soon', 'urgent')),
    constraint referrals_state_check check (state in (
        'submitted', 'acknowledged', 'triaged', 'awaiting_referrer', 'advice_given', 'signposted', 'escalated',
        'platform_responded', 'resolved', 'not_upheld', 'declined', 'closed', 'withdrawn')),
    constraint referrals_closed_check check ((state in ('closed', 'withdrawn', 'declined')) = (closed_at is not null))
);
create index referrals_list on public.referrals (organisation_id, last_activity_at desc, id desc);
create index referrals_incident on public.referrals (organisation_id, incident_id, sent_at, id);
"""
STEPS = """
create table public.referral_steps (
    organisation_id uuid not null,
    id uuid not null,
    referral_id uuid not null,
    incident_id uuid not null,
    direction text not null,
    kind text not null,
    body jsonb not null,
    at timestamptz not null,
    author_id uuid,
    author_name text not null,
    outbox_id uuid,
    constraint referral_steps_pkey primary key (organisation_id, id),
    constraint referral_steps_referral_fkey foreign key (organisation_id, referral_id)
        references public.referrals (organisation_id, id),
    constraint referral_steps_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint referral_steps_author_fkey foreign key (organisation_id, author_id)
        references public.memberships (organisation_id, user_id),
    constraint referral_steps_outbox_fkey foreign key (organisation_id, outbox_id)
        references public.channel_outbox (organisation_id, id),
    constraint referral_steps_direction_check check (direction in ('out', 'in')),
    constraint referral_steps_outbox_check check ((direction = 'out') = (outbox_id is not null))
);
create index referral_steps_referral on public.referral_steps (organisation_id, referral_id, at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(REFERRALS)
    op.execute(STEPS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
