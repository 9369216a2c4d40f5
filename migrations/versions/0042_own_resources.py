"""Resources of an organisation's own, beside those of the service."""

from alembic import op

revision = "0042_own_resources"
down_revision = "0041_day"
branch_labels = None
depends_on = None

RESOURCES = """
create table public.own_resources (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    kind text not null,
    title text not null,
    summary text not null,
    links text[] not null default '{}',
    controls text[] not null default '{}',
    risk_areas text[] not null default '{}',
    issues text[] not null default '{}',
    version integer not null default 1,
    added_at timestamptz not null,
    added_by uuid,
    added_by_name text not null,
    withdrawn_at timestamptz,
    withdrawn_reason text not null default '',
    constraint own_resources_pkey primary key (organisation_id, id),
    constraint own_resources_added_by_fkey foreign key (organisation_id, added_by)
        references public.memberships (organisation_id, user_id),
    constraint own_resources_kind_check check (kind in ('guidance', 'service'))
);
"""


def upgrade() -> None:
    """An empty table: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(RESOURCES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
