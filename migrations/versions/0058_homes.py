"""Homes: to whom the report of a visit or a review was sent, and what came out of it."""

from alembic import op

revision = "0058_homes"
down_revision = "0057_subjects"
branch_labels = None
depends_on = None

SENDINGS = """
create table public.duty_sendings (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    duty_id uuid not null,
    sent_on date not null,
    sent_to text not null,
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    constraint duty_sendings_pkey primary key (organisation_id, id),
    constraint duty_sendings_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint duty_sendings_duty_fkey foreign key (organisation_id, duty_id)
        references public.recurring_duties (organisation_id, id)
);
create index duty_sendings_duty on public.duty_sendings (organisation_id, duty_id);
"""
ACTIONS = """
create table public.duty_actions (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    duty_id uuid not null,
    improvement_id uuid not null,
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    constraint duty_actions_pkey primary key (organisation_id, id),
    constraint duty_actions_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint duty_actions_duty_fkey foreign key (organisation_id, duty_id)
        references public.recurring_duties (organisation_id, id),
    constraint duty_actions_improvement_fkey foreign key (organisation_id, improvement_id)
        references public.improvements (organisation_id, id)
);
create index duty_actions_duty on public.duty_actions (organisation_id, duty_id);
"""


def upgrade() -> None:
    """Two tables."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(SENDINGS)
    op.execute(ACTIONS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
