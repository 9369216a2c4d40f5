"""What the signer refuses, for the operations page."""

from alembic import op

revision = "0032_inspection"
down_revision = "0031_sign_on"
branch_labels = None
depends_on = None

ALARMS = """
create table audit.alarms (
    organisation_id uuid not null,
    log text not null,
    kind text not null check (kind in ('log', 'clock', 'memory')),
    raised_at timestamptz not null,
    ended_at timestamptz,
    primary key (organisation_id, log, kind),
    foreign key (organisation_id, log) references audit.logs (organisation_id, log)
)
"""


def upgrade() -> None:
    """An alarm stands until the log is signed again."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(ALARMS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
