"""Requests by those whom records are about, the working copies for them, disagreements, complaints and breaches."""

from alembic import op

revision = "0035_subject_access"
down_revision = "0034_disposal"
branch_labels = None
depends_on = None

REQUESTS = """
create table public.access_requests (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    person_id uuid,
    about_name text not null,
    asker text not null,
    asker_name text not null,
    asker_contact text not null default '',
    received_on date not null,
    due_on date not null,
    stopped_on date,
    stop_reason text not null default '',
    stopped_days integer not null default 0,
    extended_on date,
    extension_reason text not null default '',
    standing_words text not null default '',
    harm text,
    harm_words text not null default '',
    state text not null default 'open',
    version integer not null default 1,
    gathered_at timestamptz,
    answered_at timestamptz,
    answered_by_name text not null default '',
    refusal text not null default '',
    wrapped_key bytea,
    size bigint,
    sha256 bytea,
    written_at timestamptz not null,
    written_by uuid,
    written_by_name text not null,
    constraint access_requests_pkey primary key (organisation_id, id),
    constraint access_requests_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id),
    constraint access_requests_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id),
    constraint access_requests_asker_check check (asker in ('self', 'parent', 'court', 'representative')),
    constraint access_requests_harm_check check (harm in ('no', 'some', 'all')),
    constraint access_requests_state_check check (state in ('open', 'asked', 'released', 'refused')),
    constraint access_requests_answered_check check ((state in ('released', 'refused')) = (answered_at is not null)),
    constraint access_requests_stopped_check check (stopped_on is null or stop_reason <> '')
)
"""

ITEMS = """
create table public.access_items (
    organisation_id uuid not null,
    id uuid not null,
    request_id uuid not null,
    incident_id uuid,
    position integer not null,
    kind text not null,
    source_id uuid not null,
    label text not null,
    passages jsonb not null,
    by_words boolean not null default false,
    withheld text,
    constraint access_items_pkey primary key (organisation_id, id),
    constraint access_items_request_fkey foreign key (organisation_id, request_id)
        references public.access_requests (organisation_id, id),
    constraint access_items_withheld_check
        check (withheld in ('another', 'confidence', 'harm', 'privilege', 'not_about'))
)
"""

REDACTIONS = """
create table public.access_redactions (
    organisation_id uuid not null,
    id uuid not null,
    request_id uuid not null,
    incident_id uuid,
    phrase text not null,
    code text not null,
    automatic boolean not null,
    added_by_name text not null default '',
    undone_by_name text,
    constraint access_redactions_pkey primary key (organisation_id, id),
    constraint access_redactions_request_fkey foreign key (organisation_id, request_id)
        references public.access_requests (organisation_id, id),
    constraint access_redactions_phrase_check check (length(phrase) between 2 and 500),
    constraint access_redactions_code_check check (code in ('another', 'confidence', 'harm', 'privilege', 'not_about'))
)
"""

DISAGREEMENTS = """
create table public.disagreements (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    person_id uuid not null,
    by_name text not null,
    words text not null,
    answer text not null default '',
    written_at timestamptz not null,
    written_by_name text not null,
    constraint disagreements_pkey primary key (organisation_id, id),
    constraint disagreements_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id),
    constraint disagreements_words_check check (length(words) between 1 and 10000)
)
"""

COMPLAINTS = """
create table public.complaints (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    received_on date not null,
    by_name text not null,
    about text not null,
    words text not null,
    version integer not null default 1,
    answer text not null default '',
    upheld text,
    answered_at timestamptz,
    answered_by_name text not null default '',
    written_at timestamptz not null,
    written_by_name text not null,
    constraint complaints_pkey primary key (organisation_id, id),
    constraint complaints_about_check check (about in ('data', 'handling', 'access', 'other')),
    constraint complaints_words_check check (length(words) between 1 and 10000),
    constraint complaints_upheld_check check (upheld in ('yes', 'partly', 'no')),
    constraint complaints_answered_check
        check ((answered_at is null) = (upheld is null) and (upheld is null or answer <> ''))
)
"""

BREACHES = """
create table public.breaches (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    discovered_at timestamptz not null,
    due_at timestamptz not null,
    words text not null,
    people_count integer,
    risk text not null,
    measures text not null default '',
    version integer not null default 1,
    reported_at timestamptz,
    report_reference text not null default '',
    not_reported text not null default '',
    told_at timestamptz,
    written_at timestamptz not null,
    written_by_name text not null,
    constraint breaches_pkey primary key (organisation_id, id),
    constraint breaches_words_check check (length(words) between 1 and 10000),
    constraint breaches_risk_check check (risk in ('none', 'some', 'high')),
    constraint breaches_people_check check (people_count >= 0)
)
"""

INDEXES = (
    "create index access_requests_list on public.access_requests (organisation_id, received_on, id)",
    "create index access_items_request on public.access_items (organisation_id, request_id, position)",
    "create index access_items_incident on public.access_items (organisation_id, incident_id)",
    "create index access_redactions_request on public.access_redactions (organisation_id, request_id)",
    "create index disagreements_person on public.disagreements (organisation_id, person_id)",
)


def upgrade() -> None:
    """Empty tables."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (REQUESTS, ITEMS, REDACTIONS, DISAGREEMENTS, COMPLAINTS, BREACHES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
