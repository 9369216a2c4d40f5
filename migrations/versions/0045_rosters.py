"""Rosters: files that say who belongs here, what each would change, and whom each system means by its numbers."""

from alembic import op

revision = "0045_rosters"
down_revision = "0044_transfers"
branch_labels = None
depends_on = None

RUNS = """
create table public.rosters (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    version integer not null default 1,
    subject text not null,
    source text not null,
    form text not null,
    file_name text not null,
    size bigint not null,
    sha256 bytea not null,
    object_name text,
    wrapped_key bytea,
    columns text not null default '{}',
    day_order text,
    site text,
    is_whole boolean not null default false,
    marks_left boolean not null default false,
    is_outdated boolean not null default false,
    state text not null default 'open',
    notes text[] not null default '{}',
    row_count integer not null default 0,
    done_count integer not null default 0,
    new_count integer not null default 0,
    changed_count integer not null default 0,
    gone_count integer not null default 0,
    same_count integer not null default 0,
    asked_count integer not null default 0,
    wrong_count integer not null default 0,
    kept_count integer not null default 0,
    digest bytea,
    uploaded_at timestamptz not null,
    uploaded_by uuid,
    uploaded_by_name text not null,
    applied_at timestamptz,
    applied_by_name text not null default '',
    undone_at timestamptz,
    undone_by_name text not null default '',
    constraint rosters_pkey primary key (organisation_id, id),
    constraint rosters_uploaded_by_fkey foreign key (organisation_id, uploaded_by)
        references public.memberships (organisation_id, user_id),
    constraint rosters_subject_check check (subject in ('people', 'staff')),
    constraint rosters_form_check check (form in ('oneroster', 'ctf', 'table')),
    constraint rosters_day_order_check check (day_order in ('day_first', 'month_first')),
    constraint rosters_state_check check (
        state in ('open', 'reading', 'ready', 'applying', 'done', 'undoing', 'undone', 'dropped', 'unread')),
    constraint rosters_file_check check ((object_name is null) = (state not in ('open', 'reading'))),
    constraint rosters_key_check check ((object_name is null) = (wrapped_key is null))
);
create index rosters_list on public.rosters (organisation_id, subject, uploaded_at desc, id desc);
"""

LINKS = """
create table public.roster_links (
    organisation_id uuid not null,
    id uuid not null,
    subject text not null,
    source text not null,
    source_id text not null,
    person_id uuid,
    email text,
    said text not null default '{}',
    is_here boolean not null default true,
    left_on date,
    constraint roster_links_pkey primary key (organisation_id, id),
    constraint roster_links_source_key unique (organisation_id, subject, source, source_id),
    constraint roster_links_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id) on delete cascade,
    constraint roster_links_subject_check check (subject in ('people', 'staff')),
    constraint roster_links_whom_check check ((subject = 'people') = (person_id is not null)),
    constraint roster_links_address_check check ((subject = 'staff') = (email is not null))
);
create index roster_links_person on public.roster_links (organisation_id, person_id);
"""

ROWS = """
create table public.roster_rows (
    organisation_id uuid not null,
    id uuid not null,
    run_id uuid not null,
    row_number integer not null,
    kind text not null,
    source_id text not null,
    person_id uuid,
    name text not null default '',
    said text not null default '{}',
    changes text not null default '{}',
    conflicts text not null default '{}',
    candidates uuid[] not null default '{}',
    answer text not null default '',
    state text not null default 'planned',
    reason text not null default '',
    based_on integer,
    made_version integer,
    link_before text,
    constraint roster_rows_pkey primary key (organisation_id, id),
    constraint roster_rows_run_fkey foreign key (organisation_id, run_id)
        references public.rosters (organisation_id, id),
    constraint roster_rows_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id) on delete cascade,
    constraint roster_rows_kind_check check (kind in ('new', 'changed', 'gone', 'same', 'asked')),
    constraint roster_rows_state_check check (state in ('planned', 'done', 'left_out', 'undone', 'kept'))
);
create index roster_rows_list on public.roster_rows (organisation_id, run_id, kind, row_number, id);
create index roster_rows_todo on public.roster_rows (organisation_id, run_id, state, row_number, id);
create index roster_rows_person on public.roster_rows (organisation_id, person_id);
create table public.roster_problems (
    organisation_id uuid not null,
    id uuid not null,
    run_id uuid not null,
    row_number integer not null,
    field text not null,
    problem text not null,
    constraint roster_problems_pkey primary key (organisation_id, id),
    constraint roster_problems_run_fkey foreign key (organisation_id, run_id)
        references public.rosters (organisation_id, id)
);
create index roster_problems_run on public.roster_problems (organisation_id, run_id, row_number);
"""

WITHDRAWN = "alter table public.people add column withdrawn_at timestamptz"
"""When a person was taken back with the roster that had brought them, and something that stays still names them."""


def upgrade() -> None:
    """Empty tables, and an empty column: each lock is brief."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (RUNS, LINKS, ROWS, WITHDRAWN):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
