"""What somebody decided instead of sending a file: none goes, with the reason, until that is taken back."""

from alembic import op

revision = "0060_lead"
down_revision = "0059_access"
branch_labels = None
depends_on = None

STEPS = (
    "set local lock_timeout = '5s'",
    "alter table public.record_dates add column stays text",
    "alter table public.record_dates add column stays_because text not null default ''",
    # Of which leaving it was said: a child who comes back and leaves again has a file that may have to go then.
    "alter table public.record_dates add column stays_for date",
    "alter table public.record_dates add column stays_at timestamptz",
    "alter table public.record_dates add column stays_by_name text not null default ''",
    # Not validated: no row has these columns yet, and to look through all of them would stop readers meanwhile.
    """
    alter table public.record_dates add constraint record_dates_stays_check check (
        stays in ('no_next', 'unknown', 'not_theirs', 'went_already', 'other')) not valid""",
    """
    alter table public.record_dates add constraint record_dates_stays_said_check check (
        (stays is null) = (stays_at is null) and (stays is null) = (stays_for is null)
        and (stays is null or stays_because <> '')) not valid""",
)


def upgrade() -> None:
    """Add what is said of a file that stays."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
