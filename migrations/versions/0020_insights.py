"""Counts of incidents by month: what dashboards read, so that their cost does not grow with the record.

A change of an incident leaves one row of what it adds and takes; a worker folds those rows into the counts. Nothing is
ever locked that two people who record at the same moment would both need.
"""

from alembic import op

revision = "0020_insights"
down_revision = "0019_reviews"
branch_labels = None
depends_on = None

COUNTS = """
create table public.incident_counts (
    organisation_id uuid not null references public.organisations (id),
    month text not null,
    dimension text not null,
    code text not null,
    incidents bigint not null,
    constraint incident_counts_pkey primary key (organisation_id, month, dimension, code)
)
"""
CHANGES = """
create table public.incident_count_changes (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null default gen_random_uuid(),
    plus text[] not null,
    minus text[] not null,
    constraint incident_count_changes_pkey primary key (organisation_id, id)
)
"""


def upgrade() -> None:
    """The tables, empty; what is recorded already is counted once by the repeatable part."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COUNTS)
    op.execute(CHANGES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
