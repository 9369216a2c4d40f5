"""Logs gone: an alarm may be about a log of which the database holds nothing any more."""

from alembic import op

revision = "0096_logs_gone"
down_revision = "0095_days_without_end"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "-- squawk-ignore ban-drop-constraint\nalter table audit.alarms drop constraint alarms_organisation_id_log_fkey",
    "-- squawk-ignore ban-drop-constraint\nalter table audit.alarms drop constraint alarms_kind_check",
    "alter table audit.alarms add constraint alarms_kind_check"
    " check (kind in ('log', 'clock', 'memory', 'gone')) not valid",
)


def upgrade() -> None:
    """A row that is gone cannot be referred to, and that it is gone is what has to be said."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
