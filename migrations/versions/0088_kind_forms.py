"""The questions that each kind of organisation asked, from when on: an old incident shows the form it was made with."""

from alembic import op

revision = "0088_kind_forms"
down_revision = "0087_newly_asked"
branch_labels = None
depends_on = None

FORMS = """
create table public.kind_forms (
    kind text not null,
    nation text not null,
    since timestamptz not null,
    questions jsonb not null,
    reported jsonb not null,
    constraint kind_forms_pkey primary key (kind, nation, since),
    constraint kind_forms_questions_check check (jsonb_typeof(questions) = 'array'),
    constraint kind_forms_reported_check check (jsonb_typeof(reported) = 'object')
)
"""


def upgrade() -> None:
    """One table, filled by whatever release starts."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(FORMS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
