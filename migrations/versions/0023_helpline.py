"""The helpline's desk: cases with what was said in them, the ledger of addresses, waves and debriefs."""

from alembic import op

revision = "0023_helpline"
down_revision = "0022_referrals"
branch_labels = None
depends_on = None

WAVES = """
create table public.helpline_waves (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    name text not null,
    cause text not null,
    answer text not null default '',
    state text not null default 'open',
    version integer not null default 1,
    opened_at timestamptz not null,
    opened_by uuid,
    opened_by_name text not null,
    closed_at timestamptz,
    constraint helpline_waves_pkey primary key (organisation_id, id),
    constraint helpline_waves_opened_by_fkey foreign key (organisation_id, opened_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_waves_state_check check (state in ('open', 'closed')),
    constraint helpline_waves_closed_check check ((state = 'closed') = (closed_at is not null))
);
create index helpline_waves_list on public.helpline_waves (organisation_id, opened_at desc, id desc);
"""

CASES = """
create table public.helpline_cases (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    reference text not null,
    channel text not null,
    state text not null,
    priority text not null default 'usual',
    at_risk boolean not null default false,
    caller text not null default '',
    sector text not null default '',
    caller_name text not null default '',
    caller_organisation text not null default '',
    caller_contact text not null default '',
    gender text not null default '',
    summary text not null,
    issues text[] not null default '{}',
    platforms text[] not null default '{}',
    wave_id uuid,
    origin text,
    assigned_to uuid,
    assigned_name text,
    received_at timestamptz not null,
    queued_at timestamptz not null,
    received_by uuid,
    received_by_name text not null,
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text not null default '',
    version integer not null default 1,
    constraint helpline_cases_pkey primary key (organisation_id, id),
    constraint helpline_cases_reference_key unique (organisation_id, reference),
    constraint helpline_cases_origin_key unique (organisation_id, origin),
    constraint helpline_cases_wave_fkey foreign key (organisation_id, wave_id)
        references public.helpline_waves (organisation_id, id),
    constraint helpline_cases_assigned_fkey foreign key (organisation_id, assigned_to)
        references public.memberships (organisation_id, user_id),
    constraint helpline_cases_received_by_fkey foreign key (organisation_id, received_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_cases_channel_check check (channel in ('phone', 'email', 'web', 'shared')),
    constraint helpline_cases_state_check check (state in (
        'draft', 'submitted', 'acknowledged', 'triaged', 'awaiting_referrer', 'advice_given', 'signposted',
        'escalated', 'platform_responded', 'resolved', 'not_upheld', 'closed', 'withdrawn', 'declined')),
    constraint helpline_cases_priority_check check (priority in ('urgent', 'soon', 'usual')),
    constraint helpline_cases_ended_check
        check ((state in ('closed', 'withdrawn', 'declined')) = (ended_at is not null))
);
create index helpline_cases_queue on public.helpline_cases (organisation_id, queued_at, id) where ended_at is null;
create index helpline_cases_ended on public.helpline_cases (organisation_id, ended_at desc, id desc)
    where ended_at is not null;
create index helpline_cases_received on public.helpline_cases (organisation_id, received_at desc, id desc);
create index helpline_cases_assigned on public.helpline_cases (organisation_id, assigned_to) where ended_at is null;
create index helpline_cases_wave on public.helpline_cases (organisation_id, wave_id) where wave_id is not null;
"""

ENTRIES = """
create table public.helpline_entries (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    case_id uuid not null,
    kind text not null,
    channel text not null default '',
    words text not null default '',
    guidance text[] not null default '{}',
    state text not null default '',
    distressing boolean not null default false,
    written_at timestamptz not null,
    written_by uuid,
    written_by_name text not null,
    constraint helpline_entries_pkey primary key (organisation_id, id),
    constraint helpline_entries_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_entries_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_entries_kind_check
        check (kind in ('contact', 'answer', 'note', 'handover', 'state', 'feedback'))
);
create index helpline_entries_case on public.helpline_entries (organisation_id, case_id, written_at, id);
create index helpline_entries_distressing on public.helpline_entries (organisation_id, written_at)
    where distressing;
"""

LEDGER = """
create table public.helpline_urls (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    digest text not null,
    address text not null,
    host text not null,
    platform text not null default '',
    flags text[] not null default '{}',
    state text not null default 'listed',
    platform_reference text not null default '',
    version integer not null default 1,
    listed_at timestamptz not null,
    self_reported_at timestamptz,
    reported_at timestamptz,
    chased_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    constraint helpline_urls_pkey primary key (organisation_id, id),
    constraint helpline_urls_digest_key unique (organisation_id, digest),
    constraint helpline_urls_state_check check (state in (
        'listed', 'self_reported', 'reported', 'removed', 'restricted', 'refused', 'no_response', 're_reported',
        'passed_iwf', 'passed_police', 'gone', 'not_actionable'))
);
create index helpline_urls_listed on public.helpline_urls (organisation_id, listed_at desc, id desc);
create table public.helpline_case_urls (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    case_id uuid not null,
    url_id uuid not null,
    added_at timestamptz not null,
    constraint helpline_case_urls_pkey primary key (organisation_id, id),
    constraint helpline_case_urls_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_case_urls_url_fkey foreign key (organisation_id, url_id)
        references public.helpline_urls (organisation_id, id),
    constraint helpline_case_urls_pair_key unique (organisation_id, case_id, url_id)
);
create index helpline_case_urls_url on public.helpline_case_urls (organisation_id, url_id);
create table public.helpline_url_steps (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    url_id uuid not null,
    state text not null,
    happened_at timestamptz not null,
    platform_reference text not null default '',
    answer text not null default '',
    written_at timestamptz not null,
    written_by uuid,
    written_by_name text not null,
    constraint helpline_url_steps_pkey primary key (organisation_id, id),
    constraint helpline_url_steps_url_fkey foreign key (organisation_id, url_id)
        references public.helpline_urls (organisation_id, id),
    constraint helpline_url_steps_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id)
);
create index helpline_url_steps_url on public.helpline_url_steps (organisation_id, url_id, written_at, id);
"""

DEBRIEFS = """
create table public.helpline_debriefs (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    practitioner_id uuid not null,
    practitioner_name text not null,
    words text not null default '',
    held_at timestamptz not null,
    held_by uuid,
    held_by_name text not null,
    constraint helpline_debriefs_pkey primary key (organisation_id, id),
    constraint helpline_debriefs_practitioner_fkey foreign key (organisation_id, practitioner_id)
        references public.memberships (organisation_id, user_id),
    constraint helpline_debriefs_held_by_fkey foreign key (organisation_id, held_by)
        references public.memberships (organisation_id, user_id)
);
create index helpline_debriefs_list on public.helpline_debriefs (organisation_id, practitioner_id, held_at desc);
"""


def upgrade() -> None:
    """Empty tables: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (WAVES, CASES, ENTRIES, LEDGER, DEBRIEFS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
