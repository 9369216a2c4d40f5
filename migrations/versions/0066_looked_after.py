"""Since when it is known that a child is looked after, and since when an incident says who somebody is.

Whoever answers for a looked-after child is told within a limit, and that limit counts from the moment at which this was
known. What stands here already keeps no moment: it counts from the report.
"""

from alembic import op

revision = "0066_looked_after"
down_revision = "0065_inspecting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns that rewrite nothing, and an index over the few people of whom anything is flagged."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.people add column flags_since jsonb not null default '{}'")
    op.execute("alter table public.incident_people add column tied_at timestamptz")
    op.execute(
        """-- squawk-ignore require-concurrent-index-creation
        create index people_flagged on public.people (organisation_id, id) where flags <> '{}'::text[]"""
    )


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
