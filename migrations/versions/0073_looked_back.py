"""What an organisation wrote about how it does has a schedule too: what children said, changes, checks, reviews.

A pack keeps the id of the review that it was made of when that review is disposed of.
"""

from alembic import op

revision = "0073_looked_back"
down_revision = "0072_told_steps"
branch_labels = None
depends_on = None

KINDS = (
    "-- squawk-ignore ban-drop-constraint\nalter table public.disposals drop constraint disposals_kind_check",
    """
-- squawk-ignore constraint-missing-not-valid
alter table public.disposals add constraint disposals_kind_check check (
    kind in ('incident', 'person', 'concern', 'allegation', 'public_report', 'alert', 'import', 'evidence_item',
             'training_event', 'inspection', 'complaint', 'breach', 'access_request', 'helpline_case', 'policy',
             'signature', 'minutes', 'roster', 'transfer', 'pack', 'former_account', 'voice', 'impact', 'filtering',
             'review', 'improvement'))
""",
    "-- squawk-ignore ban-drop-constraint\nalter table public.packs drop constraint packs_review_fkey",
)


def upgrade() -> None:
    """The kinds that a disposal may be of."""
    op.execute("set local lock_timeout = '5s'")
    for statement in KINDS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
