"""Seen again: when an address came back that had been removed, from which hours to its next removal are counted.

Those that were reported again after a removal came back, as far as anybody wrote down, when they were reported again.
"""

from alembic import op

revision = "0076_seen_again"
down_revision = "0075_edition_of_a_judgement"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    "alter table public.helpline_urls add column seen_again_at timestamptz",
    """
    update public.helpline_urls u set seen_again_at = back.at
    from (
        select distinct on (s.organisation_id, s.url_id) s.organisation_id, s.url_id, s.happened_at as at
        from (
            select t.organisation_id, t.url_id, t.state, t.happened_at, t.written_at, t.id,
                lag(t.state) over (partition by t.organisation_id, t.url_id order by t.written_at, t.id) as before
            from public.helpline_url_steps t
        ) s
        where s.state = 're_reported' and s.before = 'removed'
        order by s.organisation_id, s.url_id, s.written_at desc, s.id desc
    ) back
    where back.organisation_id = u.organisation_id and back.url_id = u.id
    """,
)


def upgrade() -> None:
    """A column, and what earlier steps say of it."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
