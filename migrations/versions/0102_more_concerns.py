"""More concerns: of one incident in which two members of staff are alleged, each has a concern of their own."""

from alembic import op

revision = "0102_more_concerns"
down_revision = "0101_lasting_address"
branch_labels = None
depends_on = None

# Not concurrently: migrations run in one transaction. Concerns that come from an incident are few.
STATEMENTS = (
    "set local lock_timeout = '5s'",
    "-- squawk-ignore require-concurrent-index-deletion\ndrop index public.concerns_incident",
    """-- squawk-ignore require-concurrent-index-creation
    create index concerns_incident on public.concerns (organisation_id, incident_id) where incident_id is not null""",
)


def upgrade() -> None:
    """The index stays, and forbids nothing any more."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
