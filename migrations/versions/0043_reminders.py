"""Earlier contacts of a caller are found by an index, whatever part of a name or a number is typed."""

from alembic import op

revision = "0043_reminders"
down_revision = "0042_own_resources"
branch_labels = None
depends_on = None

# Not concurrently: migrations run in one transaction. A hundred thousand cases take a few seconds, in which calls wait.
FOUND_BY = """
-- squawk-ignore require-concurrent-index-creation
create index helpline_cases_found_by on public.helpline_cases using gin (
    organisation_id, caller_name gin_trgm_ops, caller_organisation gin_trgm_ops, caller_contact gin_trgm_ops)
"""


def upgrade() -> None:
    """One index over who called, whom for, and how they are reached."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(FOUND_BY)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
