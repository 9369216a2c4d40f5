"""A judgement keeps the edition whose sentence was read and how many levels that had; a review, the editions it left.

Those of before say nothing: they were made with the edition that their review names.
"""

from alembic import op

revision = "0075_edition_of_a_judgement"
down_revision = "0074_search_words"
branch_labels = None
depends_on = None

COLUMNS = """
alter table public.ratings
    add column framework_version text,
    add column framework_digest text,
    add column scale integer;
alter table public.reviews
    add column scale integer,
    add column editions_left jsonb not null default '[]';
"""


def upgrade() -> None:
    """Columns, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMNS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
