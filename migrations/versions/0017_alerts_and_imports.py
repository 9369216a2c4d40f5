"""What comes in from elsewhere: alerts of products that filter and monitor, and the records of earlier products."""

from alembic import op

revision = "0017_alerts_and_imports"
down_revision = "0016_public_reports"
branch_labels = None
depends_on = None

SOURCES = """
create table public.alert_sources (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    name text not null,
    sealed_secret bytea not null,
    made_at timestamptz not null,
    made_by uuid,
    made_by_name text not null,
    ended_at timestamptz,
    constraint alert_sources_pkey primary key (organisation_id, id),
    constraint alert_sources_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint alert_sources_name_check check (btrim(name) <> '')
);
create unique index alert_sources_name on public.alert_sources (organisation_id, lower(name)) where ended_at is null;
"""

ALERTS = """
create table public.alerts (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    source text not null,
    product_id text not null,
    digest bytea not null,
    kind text not null,
    severity text,
    raised_at timestamptz not null,
    received_at timestamptz not null,
    received_by uuid,
    category text not null default '',
    user_name text not null default '',
    user_id uuid,
    group_name text not null default '',
    device text not null default '',
    address text not null default '',
    words text not null default '',
    state text not null default 'new',
    version integer not null default 1,
    incident_id uuid,
    reason text not null default '',
    settled_at timestamptz,
    settled_by uuid,
    settled_by_name text,
    constraint alerts_pkey primary key (organisation_id, id),
    constraint alerts_product_key unique (organisation_id, source, product_id),
    constraint alerts_received_by_fkey foreign key (organisation_id, received_by)
        references public.memberships (organisation_id, user_id),
    constraint alerts_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint alerts_settled_by_fkey foreign key (organisation_id, settled_by)
        references public.memberships (organisation_id, user_id),
    constraint alerts_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint alerts_kind_check check (kind in ('filtering', 'monitoring')),
    constraint alerts_severity_check check (severity in ('low', 'medium', 'high', 'urgent')),
    constraint alerts_state_check check (state in ('new', 'turned', 'closed')),
    constraint alerts_settled_check check ((state = 'new') = (settled_at is null)),
    constraint alerts_turned_check check ((state = 'turned') = (incident_id is not null)),
    constraint alerts_closed_check check (state <> 'closed' or btrim(reason) <> '')
);
create index alerts_list on public.alerts (organisation_id, state, received_at desc, id desc);
create index alerts_incident on public.alerts (organisation_id, incident_id);
"""

IMPORTS = """
create table public.imports (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    source text not null,
    file_name text not null,
    size bigint not null,
    sha256 bytea not null,
    object_name text,
    wrapped_key bytea,
    columns text not null default '{}',
    day_order text,
    state text not null default 'open',
    row_count integer,
    done_count integer not null default 0,
    made_count integer not null default 0,
    known_count integer not null default 0,
    wrong_count integer not null default 0,
    version integer not null default 1,
    uploaded_at timestamptz not null,
    uploaded_by uuid,
    uploaded_by_name text not null,
    started_at timestamptz,
    finished_at timestamptz,
    constraint imports_pkey primary key (organisation_id, id),
    constraint imports_uploaded_by_fkey foreign key (organisation_id, uploaded_by)
        references public.memberships (organisation_id, user_id),
    constraint imports_state_check check (state in ('open', 'running', 'done', 'dropped')),
    constraint imports_day_order_check check (day_order in ('day_first', 'month_first')),
    constraint imports_file_check check ((object_name is null) = (state in ('done', 'dropped'))),
    constraint imports_key_check check ((object_name is null) = (wrapped_key is null))
);
create index imports_list on public.imports (organisation_id, uploaded_at desc, id desc);
"""

RECORDS = """
create table public.imported_records (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    import_id uuid not null,
    source text not null,
    original_id text not null,
    row_number integer not null,
    incident_id uuid not null,
    author text not null default '',
    written text not null default '',
    constraint imported_records_pkey primary key (organisation_id, id),
    constraint imported_records_original_key unique (organisation_id, source, original_id),
    constraint imported_records_import_fkey foreign key (organisation_id, import_id)
        references public.imports (organisation_id, id),
    constraint imported_records_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id)
);
create index imported_records_import on public.imported_records (organisation_id, import_id, row_number);
create unique index imported_records_incident on public.imported_records (organisation_id, incident_id);
create table public.import_problems (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    import_id uuid not null,
    row_number integer not null,
    field text not null,
    problem text not null,
    constraint import_problems_pkey primary key (organisation_id, id),
    constraint import_problems_import_fkey foreign key (organisation_id, import_id)
        references public.imports (organisation_id, id)
);
create index import_problems_import on public.import_problems (organisation_id, import_id, row_number);
"""


def upgrade() -> None:
    """Empty tables. The keys that point to tables in use are made while nothing points there: each lock is brief."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (SOURCES, ALERTS, IMPORTS, RECORDS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
