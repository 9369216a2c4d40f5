"""Evidence packs: what was asked for, the log size that it was frozen at, and where the finished zip lies.

The zip is not here: it lies in the object store under its organisation and id. The checkpoint that a pack stands on is
kept with it, so that making it again after a crash gives the same bytes.
"""

from alembic import op

revision = "0004_packs"
down_revision = "0003_incidents"
branch_labels = None
depends_on = None

PACKS = """
set local lock_timeout = '5s';
create table public.packs (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    kind text not null,
    incident_id uuid,
    from_on date,
    until_on date,
    title text not null,
    disclosure text not null,
    requested_at timestamptz not null,
    requested_by uuid,
    requested_by_name text not null,
    origin text,
    log_size bigint,
    checkpoint text,
    vkey text,
    as_of timestamptz,
    ready_at timestamptz,
    release text,
    size bigint,
    sha256 bytea,
    records integer,
    shown bigint,
    constraint packs_pkey primary key (organisation_id, id),
    constraint packs_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint packs_requested_by_fkey foreign key (organisation_id, requested_by)
        references public.memberships (organisation_id, user_id),
    constraint packs_disclosure_check check (disclosure in ('complete', 'minimal')),
    constraint packs_kind_check check (
        case kind
            when 'incident' then incident_id is not null and num_nonnulls(from_on, until_on) = 0
            when 'period' then incident_id is null and num_nonnulls(from_on, until_on) = 2 and until_on >= from_on
            else false
        end
    ),
    constraint packs_frozen_check check (num_nonnulls(origin, log_size, checkpoint, vkey, as_of, release) in (0, 6)),
    constraint packs_ready_check check (
        num_nonnulls(ready_at, size, sha256, records, shown) in (0, 5)
        and (ready_at is null or log_size is not null and length(sha256) = 32)
    )
);
create index packs_list on public.packs (organisation_id, requested_at desc, id desc);
create index packs_of_incident on public.packs (organisation_id, incident_id, requested_at desc);
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(PACKS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
