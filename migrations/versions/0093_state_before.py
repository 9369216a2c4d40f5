"""State before: an operator's act that shuts a door says from which state, so that opening it gives that state back."""

from alembic import op

revision = "0093_state_before"
down_revision = "0092_deputies_days"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table console.acts add column state_before text",
)


def upgrade() -> None:
    """One column, which is empty for everything that was done so far."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
