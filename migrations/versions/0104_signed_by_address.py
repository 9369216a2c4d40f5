"""A signature says at which address it was given, so that all that came by one can be told apart and ended together."""

from alembic import op

revision = "0104_signed_by_address"
down_revision = "0103_given_onward"
branch_labels = None
depends_on = None

COLUMN = "alter table public.agreement_signatures add column link_id uuid"
POINTS = """
alter table public.agreement_signatures add constraint agreement_signatures_link_fkey
    foreign key (organisation_id, link_id) references public.agreement_links (organisation_id, id) not valid
"""
ONLY_ONE = """
update public.agreement_signatures s set link_id = l.id
from public.agreement_links l
where s.way = 'lasting' and l.lasting and l.organisation_id = s.organisation_id and l.policy_id = s.policy_id
    and l.party = s.party and not exists (
        select from public.agreement_links t
        where t.organisation_id = l.organisation_id and t.policy_id = l.policy_id and t.party = l.party and t.lasting
            and t.id <> l.id)
"""
"""What was signed at an address for many before: it can have been one alone, where only one was ever made."""


def upgrade() -> None:
    """A column without a value, a key that holds for what comes, and the address of what can have come by one only."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMN)
    op.execute(ONLY_ONE)
    op.execute(POINTS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
