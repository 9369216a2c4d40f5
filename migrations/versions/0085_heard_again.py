"""Heard again: since when words of whoever reported an incident wait for somebody to read them, and whether in a hurry.

Of what was written before nothing says whether somebody read it: it was told by notices, and waits no more.
"""

from alembic import op

revision = "0085_heard_again"
down_revision = "0084_address_keys"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    """
    alter table public.incidents
        add column heard_at timestamptz,
        add column heard_urgent boolean not null default false
    """,
    # The column is new and holds nothing, so the index is made in one short look over the table.
    """-- squawk-ignore require-concurrent-index-creation
    create index incidents_heard on public.incidents (organisation_id, heard_at, id) where heard_at is not null""",
)


def upgrade() -> None:
    """Two columns, and the short list of those that wait."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
