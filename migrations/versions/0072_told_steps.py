"""Told steps: how many steps of an address each referrer was told of, so that a worker tells the others and none twice.

Those that were noted before count as told.
"""

from alembic import op

revision = "0072_told_steps"
down_revision = "0071_people_not_told"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.helpline_case_urls add column told_steps integer not null default 0",
    """
    update public.helpline_case_urls l set told_steps = n.steps
    from (select s.organisation_id, s.url_id, count(*) as steps from public.helpline_url_steps s group by 1, 2) n
    where n.organisation_id = l.organisation_id and n.url_id = l.url_id
    """,
)


def upgrade() -> None:
    """A column with a constant, and what was told until now."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
