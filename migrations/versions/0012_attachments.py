"""The organisation's keys, and files attached to incidents.

Packs that lie in the object store from before are not sealed; they are made again when somebody asks.
"""

from alembic import op

revision = "0012_attachments"
down_revision = "0011_restricted"
branch_labels = None
depends_on = None

KEYS = """
create table public.organisation_keys (
    organisation_id uuid not null references public.organisations (id),
    version integer not null,
    key_id bytea not null,
    master_id bytea not null,
    wrapped bytea not null,
    made_at timestamptz not null,
    constraint organisation_keys_pkey primary key (organisation_id, version),
    constraint organisation_keys_key_id_key unique (organisation_id, key_id),
    constraint organisation_keys_version_check check (version >= 1),
    constraint organisation_keys_ids_check check (length(key_id) = 8 and length(master_id) = 8)
)
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(KEYS)
    op.execute("alter table public.packs add column wrapped_key bytea")
    op.execute("alter table public.packs add column locked_at timestamptz")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
