"""A referral as it was sent, in the helpline's own record: what its page shows, as the lead saw it before it left.

Cases that came before this keep what was told of them as one text.
"""

from alembic import op

revision = "0070_as_sent"
down_revision = "0069_report_language"
branch_labels = None
depends_on = None

AS_SENT = """
create table public.helpline_referrals (
    organisation_id uuid not null,
    id uuid not null,
    case_id uuid not null,
    body text not null,
    turns integer not null default 0,
    arrived_at timestamptz not null,
    constraint helpline_referrals_pkey primary key (organisation_id, id),
    constraint helpline_referrals_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_referrals_case_key unique (organisation_id, case_id),
    constraint helpline_referrals_turns_check check (turns >= 0)
);
"""


def upgrade() -> None:
    """The table, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(AS_SENT)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
