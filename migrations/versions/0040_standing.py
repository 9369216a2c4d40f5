"""Counts of what incidents have in common two by two, and the file of a policy.

"TikTok by month", "high risk by place": kept as incidents change, like the plain counts, so that a narrowed picture
costs no more than a whole one. The repeatable part fills them from what is recorded already. A policy's file lies
sealed in the object store; here is its key, wrapped by the organisation's.
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
FILES = """
create table public.policy_files (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    policy_id uuid not null,
    edition integer not null,
    name text not null,
    size bigint not null,
    sha256 bytea not null,
    object_name text not null,
    wrapped_key bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    constraint policy_files_pkey primary key (organisation_id, id),
    constraint policy_files_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint policy_files_edition_fkey foreign key (organisation_id, policy_id, edition)
        references public.policy_editions (organisation_id, policy_id, number),
    constraint policy_files_once_key unique (organisation_id, policy_id, edition)
)
"""


def upgrade() -> None:
    """The tables, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(PAIRS)
    op.execute(FILES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
