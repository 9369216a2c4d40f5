"""Where an organisation's earlier records were looked through, and which of them wait to be looked at again."""

from alembic import op

revision = "0107_looked_back"
down_revision = "0106_given_to_lead"
branch_labels = None
depends_on = None

LOOKED_BACK = """
create table public.looked_back (
    organisation_id uuid not null,
    incidents uuid[] not null default '{}',
    incident_members uuid[] not null default '{}',
    concerns uuid[] not null default '{}',
    concern_members uuid[] not null default '{}',
    reached_at timestamptz,
    reached_id uuid,
    compared text not null default '',
    finished_at timestamptz,
    constraint looked_back_pkey primary key (organisation_id),
    constraint looked_back_organisation_fkey foreign key (organisation_id) references public.organisations (id),
    constraint looked_back_pairs_check check (
        cardinality(incidents) = cardinality(incident_members)
        and cardinality(concerns) = cardinality(concern_members)),
    constraint looked_back_reached_check check ((reached_at is null) = (reached_id is null))
)
"""


def upgrade() -> None:
    """One table: a row for each organisation, by its first look."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(LOOKED_BACK)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
