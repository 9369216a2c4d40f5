"""Quoted reference: a case is found by what whoever referred it calls it, and says that a mail did not reach them.

What a referral is called stands in it as it was sent; of cases whose mail failed before nothing says so but their
entries, and the next one does.
"""

from alembic import op

revision = "0094_quoted_reference"
down_revision = "0093_state_before"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.helpline_cases add column unsent_at timestamptz",
    "alter table public.helpline_referrals add column reference text not null default ''",
    """
    update public.helpline_referrals r
    set reference = upper(btrim(coalesce(r.body::json ->> 'reference', '')))
    """,
    # Referrals are few beside cases, and writing to them waits a moment.
    """-- squawk-ignore require-concurrent-index-creation
    create index helpline_referrals_reference on public.helpline_referrals (organisation_id, reference)""",
)


def upgrade() -> None:
    """Two columns, and the way to a referral by what it is called."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
