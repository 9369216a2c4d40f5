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

BLOCKING = """
-- The types that this names are those of tenants/*.toml with `attachments = "blocked"`; a start-up check compares them.
-- The column is computed here, so that no way in - form, API, import - can leave it out.
-- squawk-ignore adding-field-with-default
alter table public.incidents add column blocks_attachments boolean not null generated always as (
    issue_types && array['nudes', 'sexual_blackmail', 'abuse_imagery', 'intimate_images_adult', 'illegal_content']
) stored;
-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
alter table public.incidents add constraint incidents_blocking_key unique (organisation_id, id, blocks_attachments);
"""

FILES = """
create table public.attachments (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    incident_blocks boolean not null default false,
    name text not null,
    note text not null default '',
    media_type text not null,
    size bigint not null,
    sha256 bytea not null,
    object_name text not null,
    wrapped_key bytea not null,
    state text not null default 'waiting',
    finding text not null default '',
    scanner text not null default '',
    scanned_at timestamptz,
    attached_at timestamptz not null,
    attached_by uuid,
    attached_by_name text not null,
    locked_at timestamptz,
    locked_why text,
    version integer not null default 1,
    constraint attachments_pkey primary key (organisation_id, id),
    -- The guard against imagery: a file cannot point at an incident of a blocked type, unless it was locked first. When
    -- an incident becomes of such a type the change comes through here, and is refused while a file of it is open.
    constraint attachments_incident_fkey foreign key (organisation_id, incident_id, incident_blocks)
        references public.incidents (organisation_id, id, blocks_attachments) on update cascade,
    constraint attachments_blocked_check check (not incident_blocks or locked_at is not null),
    constraint attachments_attached_by_fkey foreign key (organisation_id, attached_by)
        references public.memberships (organisation_id, user_id),
    constraint attachments_object_key unique (organisation_id, object_name),
    constraint attachments_name_check check (btrim(name) <> ''),
    constraint attachments_size_check check (size > 0),
    constraint attachments_sha256_check check (length(sha256) = 32),
    constraint attachments_version_check check (version >= 1),
    constraint attachments_state_check check (
        case state
            when 'waiting' then scanned_at is null
            when 'clean' then scanned_at is not null
            when 'infected' then scanned_at is not null and finding <> ''
            else false
        end
    ),
    constraint attachments_locked_check check (
        num_nonnulls(locked_at, locked_why) in (0, 2)
        and (locked_why is null or locked_why in ('reclassified', 'found'))
    )
);
create index attachments_incident on public.attachments (organisation_id, incident_id, attached_at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(KEYS)
    op.execute(BLOCKING)
    op.execute(FILES)
    op.execute("alter table public.packs add column wrapped_key bytea")
    op.execute("alter table public.packs add column locked_at timestamptz")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
