"""Duties that come round again, visits and reviews: when each was last done, by whom, and where its report is."""

from alembic import op

revision = "0052_clocks"
down_revision = "0051_signed"
branch_labels = None
depends_on = None

DUTIES = """
create table public.recurring_duties (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    duty text not null,
    done_on date not null,
    done_by text not null,
    kept_at text not null default '',
    note text not null default '',
    item_id uuid,
    struck_on date,
    struck_reason text not null default '',
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    constraint recurring_duties_pkey primary key (organisation_id, id),
    constraint recurring_duties_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint recurring_duties_item_fkey foreign key (organisation_id, item_id)
        references public.evidence_items (organisation_id, id),
    constraint recurring_duties_duty_check check (duty ~ '^[a-z][a-z0-9_]{0,39}$')
);
create index recurring_duties_list on public.recurring_duties (organisation_id, duty, done_on desc, id desc);
"""


def upgrade() -> None:
    """Add the table."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(DUTIES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
