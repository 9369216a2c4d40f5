"""How it came: of an earlier case nobody may know, and then it is in no figure of how callers reached the helpline.

Those that were imported before stand as telephone calls where their channel was not known: nobody can tell them from
calls.
"""

from alembic import op

revision = "0083_how_it_came"
down_revision = "0082_reported_before"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    """
    -- squawk-ignore ban-drop-constraint
    alter table public.helpline_cases drop constraint helpline_cases_channel_check
    """,
    """
    alter table public.helpline_cases add constraint helpline_cases_channel_check
        check (channel in ('', 'phone', 'email', 'web', 'shared')) not valid
    """,
)


def upgrade() -> None:
    """A wider check."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
