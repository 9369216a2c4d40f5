"""No two logs under one origin: the signer would put its name to two trees, and either could be shown as the other."""

from alembic import op

revision = "0006_one_log_per_origin"
down_revision = "0005_settings"
branch_labels = None
depends_on = None

# Two rows an organisation: the index is built in a moment, also for fifty thousand of them.
UNIQUE = """
alter table audit.logs
    -- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
    add constraint logs_origin_id_key unique (origin_id)
"""


def upgrade() -> None:
    """Origins are 16 random bytes each: nothing that is there can be in the way."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(UNIQUE)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
