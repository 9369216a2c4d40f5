"""Files of items of evidence: a policy as PDF, a register, a photograph of a display."""

from alembic import op

revision = "0048_evidence_files"
down_revision = "0047_disposed_kinds"
branch_labels = None
depends_on = None

FILES = """
create table public.evidence_files (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    item_id uuid not null,
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
    constraint evidence_files_pkey primary key (organisation_id, id),
    constraint evidence_files_item_fkey foreign key (organisation_id, item_id)
        references public.evidence_items (organisation_id, id),
    constraint evidence_files_attached_by_fkey foreign key (organisation_id, attached_by)
        references public.memberships (organisation_id, user_id),
    constraint evidence_files_object_key unique (organisation_id, object_name),
    constraint evidence_files_name_check check (btrim(name) <> ''),
    constraint evidence_files_size_check check (size > 0),
    constraint evidence_files_sha256_check check (length(sha256) = 32),
    constraint evidence_files_version_check check (version >= 1),
    constraint evidence_files_state_check check (
        case state
            when 'waiting' then scanned_at is null
            when 'clean' then scanned_at is not null
            when 'infected' then scanned_at is not null and finding <> ''
            else false
        end
    ),
    constraint evidence_files_locked_check check (
        num_nonnulls(locked_at, locked_why) in (0, 2) and (locked_why is null or locked_why in ('found', 'mistaken'))
    )
);
create index evidence_files_item on public.evidence_files (organisation_id, item_id, attached_at, id);
"""


def upgrade() -> None:
    """An empty table: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(FILES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
