"""Why they left: of somebody taken out by hand, one of four reasons; nothing of any other way, or of before."""

from alembic import op

revision = "0089_why_they_left"
down_revision = "0088_kind_forms"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.memberships add column ended_why text",
    """
    alter table public.memberships add constraint memberships_ended_why_check
        check (ended_why in ('left', 'moved', 'mistake', 'trust')) not valid
    """,
)


def upgrade() -> None:
    """One column, which is empty for everybody so far."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
