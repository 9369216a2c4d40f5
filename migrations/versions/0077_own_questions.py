"""Questions of an organisation's own, among its resources."""

from alembic import op

revision = "0077_own_questions"
down_revision = "0076_seen_again"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    # A wider one takes its place in the same transaction.
    """
    -- squawk-ignore ban-drop-constraint
    alter table public.own_resources drop constraint own_resources_kind_check
    """,
    """
    alter table public.own_resources add constraint own_resources_kind_check
        check (kind in ('guidance', 'service', 'question')) not valid
    """,
)


def upgrade() -> None:
    """What is there keeps one of the kinds that it had."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
