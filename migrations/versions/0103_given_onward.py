"""Alerts given onward are remembered as such; what was imported is nobody's own report, also what came before that."""

from alembic import op

revision = "0103_given_onward"
down_revision = "0102_more_concerns"
branch_labels = None
depends_on = None

NOBODYS = "update public.incidents set recorded_by = null where imported_at is not null and recorded_by is not null"


def upgrade() -> None:
    """A column without a value, and a link taken from imported rows: who wrote them stands there as a name."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.alerts add column onward_at timestamptz")
    op.execute(NOBODYS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
