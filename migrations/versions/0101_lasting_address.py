"""An address at which many sign for weeks, such as one in a newsletter: how many did, and that they signed there."""

from alembic import op

revision = "0101_lasting_address"
down_revision = "0100_kept_from"
branch_labels = None
depends_on = None

LINKS = """
alter table public.agreement_links
    add column lasting boolean not null default false,
    add column signed integer not null default 0
"""
WAYS = """
-- squawk-ignore ban-drop-constraint
alter table public.agreement_signatures drop constraint agreement_signatures_way_check;
alter table public.agreement_signatures add constraint agreement_signatures_way_check check (
    way in ('account', 'link', 'device', 'lasting', 'paper')) not valid
"""


def upgrade() -> None:
    """Two columns with constants, which write no row, and one way more to sign."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(LINKS)
    op.execute(WAYS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
