"""Rounds: how long somebody's reading of a policy holds, and since when they hold the roles that they hold."""

from alembic import op

revision = "0081_rounds"
down_revision = "0080_who_has_not_signed"
branch_labels = None
depends_on = None

COLUMNS = """
alter table public.policy_readings
    add column expires_on date,
    add column version integer not null default 1;
alter table public.memberships add column roles_since timestamptz;
"""


def upgrade() -> None:
    """Columns, empty: what was read until now holds until the next edition, and roles count from joining."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMNS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
