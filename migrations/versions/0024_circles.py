"""Who may know of an incident: what two people decide together.

An exclusion ends only by a proposal that somebody else agreed to, and it names that proposal. A proposal about a
concern names the concern, and a mail to somebody outside what it is about, so that both hide with it.
"""

from alembic import op

revision = "0024_circles"
down_revision = "0023_helpline"
branch_labels = None
depends_on = None

STEPS = (
    "set local lock_timeout = '5s'",
    "alter table public.proposals add column concern_id uuid",
    # The columns are new and empty: there is nothing to look through, and nothing to wait for.
    """-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
    alter table public.proposals add constraint proposals_concern_fkey
    foreign key (organisation_id, concern_id) references public.concerns (organisation_id, id)""",
    "alter table public.exclusions add column approval_id uuid",
    """-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
    alter table public.exclusions add constraint exclusions_approval_fkey
    foreign key (organisation_id, approval_id) references public.proposals (organisation_id, id)""",
    "alter table public.outbox add column about_id uuid",
    """-- squawk-ignore require-concurrent-index-creation
    create index notices_subject on public.notices (organisation_id, subject_id)""",
    """-- squawk-ignore require-concurrent-index-creation
    create index outbox_about on public.outbox (organisation_id, about_id) where about_id is not null""",
)


def upgrade() -> None:
    """Add the columns; nothing has to be filled in."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
