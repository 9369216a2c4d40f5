"""Drafts: what somebody has typed into a long form and not sent yet, sealed, for a week, for them alone."""

from alembic import op

revision = "0014_drafts"
down_revision = "0013_notices"
branch_labels = None
depends_on = None

DRAFTS = """
create table public.drafts (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    user_id uuid not null,
    place text not null,
    incident_id uuid,
    sealed bytea not null,
    version integer not null default 1,
    saved_at timestamptz not null,
    expires_at timestamptz not null,
    constraint drafts_pkey primary key (organisation_id, id),
    constraint drafts_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint drafts_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint drafts_place_check check (place ~ '^/[a-z]' and length(place) <= 300)
);
create index drafts_own on public.drafts (organisation_id, user_id, saved_at desc);
create index drafts_incident on public.drafts (organisation_id, incident_id);
create index drafts_expiry on public.drafts (expires_at);
"""


def upgrade() -> None:
    """Make the table."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(DRAFTS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
