"""As typed: how each case wrote an address, and of which of its steps whoever referred that case was left out.

Of what was listed before nobody knows how it was typed; of whom an earlier step was kept from there is no record.
"""

from alembic import op

revision = "0090_as_typed"
down_revision = "0089_why_they_left"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    """
    alter table public.helpline_case_urls
        add column typed text not null default '',
        add column left_out uuid[] not null default '{}'
    """,
)


def upgrade() -> None:
    """Two columns with constants."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
