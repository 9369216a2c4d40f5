"""Deputies' days: those who are deputies for a time are found without looking through everybody."""

from alembic import op

revision = "0092_deputies_days"
down_revision = "0091_noted_by_mistake"
branch_labels = None
depends_on = None

# Not concurrently: migrations run in one transaction. A million memberships take a second, in which nobody is changed.
INDEX = """
-- squawk-ignore require-concurrent-index-creation
create index memberships_deputies on public.memberships (organisation_id, user_id) where deputy_from is not null
"""


def upgrade() -> None:
    """An index of a few rows."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(INDEX)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
