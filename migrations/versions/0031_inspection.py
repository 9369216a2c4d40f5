"""What the signer refuses, for the operations page; what inspectors were given, asked and opened."""

from alembic import op

revision = "0031_inspection"
down_revision = "0030_sign_on"
branch_labels = None
depends_on = None

ALARMS = """
create table audit.alarms (
    organisation_id uuid not null,
    log text not null,
    kind text not null check (kind in ('log', 'clock', 'memory')),
    raised_at timestamptz not null,
    ended_at timestamptz,
    primary key (organisation_id, log, kind),
    foreign key (organisation_id, log) references audit.logs (organisation_id, log)
)
"""

INSPECTIONS = """
create table public.inspections (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    inspector text not null,
    email text not null,
    body text not null,
    purpose text not null,
    created_at timestamptz not null,
    created_by uuid not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_by uuid,
    constraint inspections_pkey primary key (organisation_id, id),
    constraint inspections_created_by_fkey foreign key (organisation_id, created_by)
        references public.memberships (organisation_id, user_id),
    constraint inspections_ended_by_fkey foreign key (organisation_id, ended_by)
        references public.memberships (organisation_id, user_id),
    constraint inspections_inspector_check check (length(inspector) between 1 and 200),
    constraint inspections_purpose_check check (length(purpose) between 1 and 2000),
    constraint inspections_email_check check (email = lower(email)),
    constraint inspections_expires_check check (expires_at > created_at)
)
"""

PACKS = """
create table public.inspection_packs (
    organisation_id uuid not null,
    inspection_id uuid not null,
    pack_id uuid not null,
    heading text not null,
    added_at timestamptz not null,
    constraint inspection_packs_pkey primary key (organisation_id, inspection_id, pack_id),
    constraint inspection_packs_inspection_fkey foreign key (organisation_id, inspection_id)
        references public.inspections (organisation_id, id),
    constraint inspection_packs_pack_fkey foreign key (organisation_id, pack_id)
        references public.packs (organisation_id, id)
)
"""

NOTES = """
create table public.inspection_notes (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    inspection_id uuid not null,
    kind text not null,
    words text not null,
    written_at timestamptz not null,
    written_by uuid not null,
    answers uuid,
    constraint inspection_notes_pkey primary key (organisation_id, id),
    constraint inspection_notes_inspection_fkey foreign key (organisation_id, inspection_id)
        references public.inspections (organisation_id, id),
    constraint inspection_notes_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id),
    constraint inspection_notes_answers_fkey foreign key (organisation_id, answers)
        references public.inspection_notes (organisation_id, id),
    constraint inspection_notes_kind_check check (kind in ('note', 'question', 'answer')),
    constraint inspection_notes_answers_check check ((kind = 'answer') = (answers is not null)),
    constraint inspection_notes_words_check check (length(words) between 1 and 10000)
)
"""

OPENINGS = """
create table public.inspection_openings (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    inspection_id uuid not null,
    user_id uuid not null,
    what text not null,
    pack_id uuid,
    record text,
    opened_at timestamptz not null,
    until timestamptz not null,
    constraint inspection_openings_pkey primary key (organisation_id, id),
    constraint inspection_openings_inspection_fkey foreign key (organisation_id, inspection_id)
        references public.inspections (organisation_id, id),
    constraint inspection_openings_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint inspection_openings_what_check
        check (what in ('room', 'pack', 'record', 'report', 'download', 'search'))
)
"""

INDEXES = (
    "create index inspections_list on public.inspections (organisation_id, created_at)",
    "create index inspection_notes_list on public.inspection_notes (organisation_id, inspection_id, written_at)",
    "create index inspection_openings_list on public.inspection_openings (organisation_id, inspection_id, opened_at)",
)


def upgrade() -> None:
    """An alarm stands until the log is signed again; an inspection until it runs out or is ended."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (ALARMS, INSPECTIONS, PACKS, NOTES, OPENINGS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
