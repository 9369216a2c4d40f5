"""Where a find for somebody's request was made, and what was seen of whoever asks: standing, identity, harm."""

from alembic import op

revision = "0057_subjects"
down_revision = "0056_desk"
branch_labels = None
depends_on = None

FINDS = """
alter table public.access_items
    add column found_in text not null default '',
    add column place text not null default ''
"""

STANDING = """
alter table public.access_requests
    add column ground text,
    add column identity text,
    add column seen text not null default '',
    add column seen_on date,
    add column seen_by_name text not null default '',
    add column competent text,
    add column wishes text not null default '',
    add column limits text not null default '',
    add column advised_by text not null default '',
    add constraint access_requests_ground_check
        check (ground in ('own', 'parental_responsibility', 'court_order', 'authority')) not valid,
    add constraint access_requests_identity_check
        check (identity in ('known', 'document', 'online', 'called_back')) not valid,
    add constraint access_requests_competent_check check (competent in ('yes', 'no', 'adult')) not valid
"""


def upgrade() -> None:
    """Add the columns; what was said in words before stays as it is."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(FINDS)
    op.execute(STANDING)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
