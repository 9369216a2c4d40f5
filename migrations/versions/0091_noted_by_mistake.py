"""Noted by mistake: a step of an address that takes another back, because it never happened, or not so."""

from alembic import op

revision = "0091_noted_by_mistake"
down_revision = "0090_as_typed"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.helpline_url_steps add column undoes uuid",
)


def upgrade() -> None:
    """One column, empty."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
