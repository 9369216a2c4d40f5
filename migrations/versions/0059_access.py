"""What a token is for: scopes, within what its role may; tokens of before have none, and keep all that it may."""

from alembic import op

revision = "0059_access"
down_revision = "0058_homes"
branch_labels = None
depends_on = None

SCOPES = """
alter table public.tokens add column scopes text[];
alter table public.tokens add constraint tokens_scopes_check
    check (cardinality(scopes) between 1 and 40 and array_position(scopes, null) is null) not valid
"""


def upgrade() -> None:
    """A column without a default: no row is written."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(SCOPES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
