"""Days without end: what somebody typed as 31 December 9999, or 1 January of the year 1, is that day again.

The driver wrote the last and the first day that Python knows as PostgreSQL's infinities, which JSON holds as words and
not as days: what bore one could not be read. Forms ask for a day within reach by now. The day stays as it was said and
as the log holds it; whoever saves the record again is asked for another.
"""

from alembic import op

revision = "0095_days_without_end"
down_revision = "0094_quoted_reference"
branch_labels = None
depends_on = None

DAYS = {
    "agreement_signatures": ("expires_on",),
    "entries": ("due_on", "remind_on"),
    "evidence_items": ("renew_on",),
    "improvements": ("due_on",),
    "inspections": ("live_from", "live_until"),
    "learning_records": ("expires_on",),
    "policy_editions": ("effective_on", "read_by", "renew_on"),
}
"""What forms asked for that may lie ahead."""
ENDS = (("infinity", "9999-12-31"), ("-infinity", "0001-01-01"))
STATEMENTS = (
    "set local lock_timeout = '5s'",
    *(
        f"update public.{table} set {column} = date '{day}' where {column} = '{endless}'"
        for table, columns in DAYS.items() for column in columns for endless, day in ENDS
    ),
)  # fmt: skip


def upgrade() -> None:
    """A few rows, if any."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
