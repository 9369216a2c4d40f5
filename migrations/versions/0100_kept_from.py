"""Kept from: an alert is kept from everybody whom its account may mean; who was let in by mistake can be kept out anew;
what came in a flood about adults can be set aside without a decision that nobody made.
"""

from alembic import op

revision = "0100_kept_from"
down_revision = "0099_held_urgent"
branch_labels = None
depends_on = None

ALERTS = (
    "alter table public.alerts add column kept_from uuid[] not null default '{}'",
    "update public.alerts set kept_from = array[user_id] where user_id is not null",
    # Not concurrently: migrations run in one transaction. Alerts about members are few.
    """-- squawk-ignore require-concurrent-index-creation
    create index alerts_kept_from on public.alerts (organisation_id) where kept_from <> '{}'""",
)
EXCLUSIONS = (
    # Of a small table: who is kept from what, in all organisations.
    """-- squawk-ignore require-concurrent-index-deletion
    drop index public.exclusions_incident""",
    """-- squawk-ignore require-concurrent-index-deletion
    drop index public.exclusions_concern""",
    """-- squawk-ignore require-concurrent-index-creation
    create unique index exclusions_incident on public.exclusions (organisation_id, incident_id, user_id)
        where incident_id is not null and lifted_at is null""",
    """-- squawk-ignore require-concurrent-index-creation
    create unique index exclusions_concern on public.exclusions (organisation_id, concern_id, user_id)
        where concern_id is not null and lifted_at is null""",
)
CONCERNS = (
    # Wider ones take their place in the same transaction.
    "-- squawk-ignore ban-drop-constraint\nalter table public.concerns drop constraint concerns_outcome_check",
    "-- squawk-ignore ban-drop-constraint\nalter table public.concerns drop constraint concerns_closed_check",
    """
    alter table public.concerns add constraint concerns_outcome_check check (outcome in (
        'substantiated', 'unsubstantiated', 'unfounded', 'false', 'malicious', 'low_level_kept', 'set_aside')) not valid
    """,
    """
    alter table public.concerns add constraint concerns_closed_check check (
        (state = 'closed') = (closed_at is not null)
        and (state <> 'closed' or (level is not null or outcome = 'set_aside')
             and outcome is not null and btrim(outcome_reason) <> '')) not valid
    """,
)


def upgrade() -> None:
    """What is there stays as it is; of alerts about a member it is said twice, until nothing reads the first."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (*ALERTS, *EXCLUSIONS, *CONCERNS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
