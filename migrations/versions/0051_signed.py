"""What others attest of a pack: a timestamp over its checkpoint, a signature in its report, or why there is none."""

from alembic import op

revision = "0051_signed"
down_revision = "0050_workday"
branch_labels = None
depends_on = None

SEALS = """
create table public.pack_seals (
    organisation_id uuid not null,
    pack_id uuid not null,
    member text not null,
    over bytea not null,
    seal bytea,
    fault text,
    told text not null,
    made_at timestamptz not null,
    constraint pack_seals_pkey primary key (organisation_id, pack_id, member, over),
    constraint pack_seals_pack_fkey foreign key (organisation_id, pack_id)
        references public.packs (organisation_id, id) on delete cascade,
    constraint pack_seals_member_check check (member ~ '^(tsa/checkpoint[.]tsr|report(-[0-9]{2,3})?[.]pdf)$'),
    constraint pack_seals_over_check check (octet_length(over) = 32),
    constraint pack_seals_made_check check (num_nonnulls(seal, fault) = 1 and octet_length(seal) <= 1048576),
    constraint pack_seals_fault_check check (fault in ('late', 'away', 'unfit', 'untrusted', 'expired', 'unusable'))
)
"""


def upgrade() -> None:
    """A table of its own: a pack has several, and most have none."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(SEALS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
