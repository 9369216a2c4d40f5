"""Where an improvement came from, and the text of the standard that a review was made with."""

from alembic import op

revision = "0054_circle"
down_revision = "0053_lead"
branch_labels = None
depends_on = None

ORIGIN = "alter table public.improvements add column origin_id uuid, add column level_then integer"

TEXTS = """
create table public.framework_texts (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    code text not null,
    edition text not null,
    digest text not null,
    body text not null,
    kept_at timestamptz not null,
    constraint framework_texts_pkey primary key (organisation_id, id),
    constraint framework_texts_digest_key unique (organisation_id, digest),
    constraint framework_texts_digest_check check (digest ~ '^[0-9a-f]{64}$')
);
"""

# Not valid: the column is empty, so there is nothing to look through.
MADE_WITH = """
alter table public.reviews add column framework_digest text;
alter table public.reviews add constraint reviews_framework_digest_fkey
    foreign key (organisation_id, framework_digest) references public.framework_texts (organisation_id, digest)
    not valid;
"""


def upgrade() -> None:
    """Empty columns and an empty table: nothing is read again, and nothing is locked for long."""
    op.execute("set local lock_timeout = '5s'")
    for statements in (ORIGIN, TEXTS, MADE_WITH):
        op.execute(statements)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
