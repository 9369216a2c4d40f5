"""Day only: a step of an address may be known by its day alone, and then no hours are counted from it."""

from alembic import op

revision = "0068_day_only"
down_revision = "0067_years"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.helpline_url_steps add column day_only boolean not null default false",
    "alter table public.helpline_urls add column hours_known boolean not null default true",
)


def upgrade() -> None:
    """Two columns with a constant for what is there already."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
