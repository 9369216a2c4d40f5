"""What an organisation has chosen for itself, and what its group chose for it.

A value is never taken away: resetting one writes null, and the version goes on counting.
"""

from alembic import op

revision = "0005_settings"
down_revision = "0004_packs"
branch_labels = None
depends_on = None

SETTINGS = """
create table public.organisation_settings (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    layer text not null,
    name text not null,
    value jsonb,
    version integer not null default 1,
    changed_at timestamptz not null,
    changed_by uuid,
    changed_by_name text not null,
    constraint organisation_settings_pkey primary key (organisation_id, id),
    constraint organisation_settings_name_key unique (organisation_id, name, layer),
    constraint organisation_settings_member_fkey foreign key (organisation_id, changed_by)
        references public.memberships (organisation_id, user_id),
    constraint organisation_settings_layer_check check (layer in ('group', 'organisation')),
    constraint organisation_settings_name_check check (name ~ '^[a-z_]+[.][a-z0-9_]+$'),
    constraint organisation_settings_version_check check (version >= 1),
    constraint organisation_settings_group_check check (layer = 'organisation' or changed_by is null)
)
"""


def upgrade() -> None:
    """One table, and a version for the organisation's own details."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.organisations add column version integer not null default 1")
    op.execute(SETTINGS)


def downgrade() -> None:
    """There is no way back from records about children: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
