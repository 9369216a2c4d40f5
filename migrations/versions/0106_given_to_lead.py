"""A concern may end without a decision: given to the safeguarding lead, as it is about nobody who works here."""

from alembic import op

revision = "0106_given_to_lead"
down_revision = "0105_plans_end"
branch_labels = None
depends_on = None

CONCERNS = (
    # Wider ones take their place in the same transaction.
    "-- squawk-ignore ban-drop-constraint\nalter table public.concerns drop constraint concerns_outcome_check",
    "-- squawk-ignore ban-drop-constraint\nalter table public.concerns drop constraint concerns_closed_check",
    """
    alter table public.concerns add constraint concerns_outcome_check check (outcome in (
        'substantiated', 'unsubstantiated', 'unfounded', 'false', 'malicious', 'low_level_kept', 'set_aside',
        'given_to_lead')) not valid
    """,
    """
    alter table public.concerns add constraint concerns_closed_check check (
        (state = 'closed') = (closed_at is not null)
        and (state <> 'closed' or (level is not null or outcome in ('set_aside', 'given_to_lead'))
             and outcome is not null and btrim(outcome_reason) <> '')) not valid
    """,
)


def upgrade() -> None:
    """What is there stays as it is."""
    op.execute("set local lock_timeout = '5s'")
    for statement in CONCERNS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
