"""Counts of what incidents have in common two by two: what a dashboard reads when it is narrowed to one thing.

"TikTok by month", "high risk by place": kept as incidents change, like the plain counts, so that a narrowed picture costs
no more than a whole one. The repeatable part fills them from what is recorded already.
"""

from alembic import op

revision = "0040_standing"
down_revision = "0039_console"
branch_labels = None
depends_on = None

PAIRS = """
create table public.incident_pair_counts (
    organisation_id uuid not null references public.organisations (id),
    narrowed_to text not null,
    month text not null,
    dimension text not null,
    code text not null,
    incidents bigint not null,
    constraint incident_pair_counts_pkey primary key (organisation_id, narrowed_to, month, dimension, code)
)
"""


def upgrade() -> None:
    """The table, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(PAIRS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
