"""Holds on and disposals of every kind of record that has a schedule, not of incidents and people alone.

Other kinds are named by their code and their id. There is no foreign key from a hold to them: placing a hold and
disposing of a record take the same lock on its id instead. A disposal of other kinds names all that goes with it.
"""

from alembic import op

revision = "0047_disposed_kinds"
down_revision = "0046_operators"
branch_labels = None
depends_on = None

HOLDS = (
    "alter table public.record_holds add column other_kind text, add column other_id uuid",
    """-- squawk-ignore ban-drop-constraint
       alter table public.record_holds drop constraint record_holds_about_check""",
    """alter table public.record_holds add constraint record_holds_about_check
       check (num_nonnulls(incident_id, person_id, other_id) = 1
           and num_nonnulls(other_kind, other_id) <> 1) not valid""",
    """-- squawk-ignore require-concurrent-index-creation
       create index record_holds_other on public.record_holds (organisation_id, other_id) where lifted_at is null""",
)
DISPOSALS = (
    "alter table public.disposals add column subjects uuid[] not null default '{}'",
    """-- squawk-ignore ban-drop-constraint
       alter table public.disposals drop constraint disposals_kind_check""",
    """alter table public.disposals add constraint disposals_kind_check check (kind in (
       'incident', 'person', 'concern', 'allegation', 'public_report', 'alert', 'import', 'evidence_item',
       'training_event', 'inspection', 'complaint', 'breach', 'access_request', 'helpline_case')) not valid""",
)
LEAVING = (
    # From when a low-level concern need not be kept: nothing else here knows the day on which somebody left.
    """alter table public.concerns add column subject_left_on date,
       add column subject_left_version integer not null default 0""",
)


def upgrade() -> None:
    """Columns that are empty at first, and checks that let more through than before."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (*HOLDS, *DISPOSALS, *LEAVING):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
