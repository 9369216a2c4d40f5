"""What a caller says in confidence, and what was told on because somebody is at risk."""

from alembic import op

revision = "0056_desk"
down_revision = "0055_insights"
branch_labels = None
depends_on = None

KINDS = """
-- squawk-ignore ban-drop-constraint
alter table public.helpline_entries drop constraint helpline_entries_kind_check;
alter table public.helpline_entries add constraint helpline_entries_kind_check check (kind in (
    'contact', 'confidence', 'answer', 'note', 'handover', 'state', 'feedback', 'told_on')) not valid
"""
TOLD_ON = """
alter table public.helpline_entries
    add column told_to text not null default '',
    add column told_why text not null default '',
    add column told_at timestamptz;
alter table public.helpline_entries add constraint helpline_entries_told_check check (
    (kind = 'told_on') = (told_at is not null and told_to <> '' and told_why <> '' and words <> '')
    and (kind = 'told_on' or (told_at is null and told_to = '' and told_why = ''))) not valid
"""
CONFIDED = """
-- squawk-ignore require-concurrent-index-creation
create index helpline_entries_confided on public.helpline_entries (organisation_id, case_id)
    where kind = 'confidence'
"""


def upgrade() -> None:
    """Two kinds of entry more; what was told on says to whom, why and when."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(KINDS)
    op.execute(TOLD_ON)
    op.execute(CONFIDED)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
