"""Schedules: policies, signatures, minutes, lists that were brought in, files sent, packs and accounts are disposed of.

When a membership ended was not written down before: from now on it is, and for those that had ended it counts from
today, which is never too early.
"""

from alembic import op

revision = "0062_schedules"
down_revision = "0061_enclosures"
branch_labels = None
depends_on = None

KINDS = (
    "-- squawk-ignore ban-drop-constraint\nalter table public.disposals drop constraint disposals_kind_check",
    """
-- squawk-ignore constraint-missing-not-valid
alter table public.disposals add constraint disposals_kind_check check (
    kind in ('incident', 'person', 'concern', 'allegation', 'public_report', 'alert', 'import', 'evidence_item',
             'training_event', 'inspection', 'complaint', 'breach', 'access_request', 'helpline_case', 'policy',
             'signature', 'minutes', 'roster', 'transfer', 'pack', 'former_account'))
""",
)
ENDED = """
alter table public.memberships add column ended_at timestamptz;
update public.memberships set ended_at = now() where state = 'ended';
"""


def upgrade() -> None:
    """Allow the kinds, of which there are few rows to check; write down when accounts end."""
    op.execute("set local lock_timeout = '5s'")
    for statement in KINDS:
        op.execute(statement)
    op.execute(ENDED)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
