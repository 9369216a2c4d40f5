"""Reported before: of a caller's own report, whether its day is known and whether the platform has answered it.

Where nobody knew the day, the step has the moment in which it was heard of, and looked like that day until now. It is
said of those that are certain: the address kept no day of such a report. What somebody at the desk wrote down as the
platform's answer is one; of what came with a referral nobody can tell whether it is one or says that there is none.
"""

from alembic import op

revision = "0082_reported_before"
down_revision = "0081_rounds"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    """
    alter table public.helpline_url_steps
        add column undated boolean not null default false,
        add column answered boolean
    """,
    """
    update public.helpline_url_steps s set undated = true
    from public.helpline_urls u
    where u.organisation_id = s.organisation_id and u.id = s.url_id and s.state = 'self_reported' and s.day_only
        and s.happened_at = s.written_at and u.self_reported_at is null and u.seen_again_at is null
    """,
    """
    update public.helpline_url_steps s set answered = true
    where s.state = 'self_reported' and s.answer <> '' and s.written_by is not null
    """,
)


def upgrade() -> None:
    """Two columns, and what earlier steps say of them."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
