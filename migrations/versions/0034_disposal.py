"""Legal holds, the days that periods of retention are counted from, and disposals with what was erased.

A disposed record's rows are deleted, so nothing here points to one by a foreign key but what is deleted with it: a
hold, while it stands, keeps its record from being deleted by the database itself. The row of an evidence pack stays
and says that it was erased; its incident is then an id of nothing.
"""

from alembic import op

revision = "0034_disposal"
down_revision = "0033_helpline_report"
branch_labels = None
depends_on = None

HOLDS = """
create table public.record_holds (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    incident_id uuid,
    person_id uuid,
    ground text not null,
    reason text not null,
    placed_at timestamptz not null,
    placed_by uuid,
    placed_by_name text not null,
    lifted_at timestamptz,
    lifted_by uuid,
    lifted_by_name text not null default '',
    lift_reason text not null default '',
    version integer not null default 1,
    constraint record_holds_pkey primary key (organisation_id, id),
    constraint record_holds_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint record_holds_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id),
    constraint record_holds_placed_by_fkey foreign key (organisation_id, placed_by)
        references public.memberships (organisation_id, user_id),
    constraint record_holds_lifted_by_fkey foreign key (organisation_id, lifted_by)
        references public.memberships (organisation_id, user_id),
    constraint record_holds_about_check check (num_nonnulls(incident_id, person_id) = 1),
    constraint record_holds_ground_check check (
        ground in ('police', 'court', 'inquiry', 'request', 'complaint', 'other')),
    constraint record_holds_reason_check check (length(reason) between 1 and 2000),
    constraint record_holds_lifted_check check (lifted_at is null or length(lift_reason) between 1 and 2000)
)
"""

DATES = """
create table public.record_dates (
    organisation_id uuid not null references public.organisations (id),
    person_id uuid not null,
    left_on date,
    died_on date,
    version integer not null default 1,
    said_at timestamptz not null,
    said_by uuid,
    said_by_name text not null,
    constraint record_dates_pkey primary key (organisation_id, person_id),
    constraint record_dates_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id),
    constraint record_dates_said_by_fkey foreign key (organisation_id, said_by)
        references public.memberships (organisation_id, user_id)
)
"""

DISPOSALS = """
create table public.disposals (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    kind text not null,
    subject_id uuid not null,
    incident_id uuid,
    reference text not null,
    ground text not null,
    rule text not null,
    years integer,
    due_on date,
    restricted boolean not null default false,
    state text not null default 'asked',
    version integer not null default 1,
    asked_at timestamptz not null,
    asked_by uuid,
    asked_by_name text not null,
    done_at timestamptz,
    agreed_by uuid,
    agreed_by_name text not null default '',
    erased jsonb not null default '{}',
    objects text[] not null default '{}',
    stored_erased_at timestamptz,
    constraint disposals_pkey primary key (organisation_id, id),
    constraint disposals_asked_by_fkey foreign key (organisation_id, asked_by)
        references public.memberships (organisation_id, user_id),
    constraint disposals_agreed_by_fkey foreign key (organisation_id, agreed_by)
        references public.memberships (organisation_id, user_id),
    constraint disposals_kind_check check (kind in ('incident', 'person')),
    constraint disposals_ground_check check (ground in ('period', 'mistake', 'erasure', 'police')),
    constraint disposals_state_check check (state in ('asked', 'done', 'dropped')),
    constraint disposals_done_check check ((state = 'done') = (done_at is not null)),
    constraint disposals_incident_check check (state <> 'done' or incident_id is null)
)
"""

INDEXES = (
    "create index record_holds_incident on public.record_holds (organisation_id, incident_id) where lifted_at is null",
    "create index record_holds_person on public.record_holds (organisation_id, person_id) where lifted_at is null",
    "create index disposals_list on public.disposals (organisation_id, asked_at desc, id desc)",
    """create unique index disposals_once on public.disposals (organisation_id, kind, subject_id)
       where state <> 'dropped'""",
)

PACKS = (
    "alter table public.packs add column disposed_at timestamptz",
    # The row of a pack outlives the incident: what stays is that there was one, and its hash.
    """-- squawk-ignore ban-drop-constraint
       alter table public.packs drop constraint packs_incident_fkey""",
    """alter table public.packs add constraint packs_disposed_check
       check (disposed_at is null or wrapped_key is null) not valid""",
)


def upgrade() -> None:
    """Empty tables, and a mark on packs."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (HOLDS, DATES, DISPOSALS, *INDEXES, *PACKS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
