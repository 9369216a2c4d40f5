"""How mail and the web form reach the helpline: threads, mail in and out, the form's post box, feedback, imports."""

from alembic import op

revision = "0028_mail_in"
down_revision = "0027_frameworks"
branch_labels = None
depends_on = None

ALTERED = """
alter table public.channel_outbox add column alarmed_at timestamptz;
alter table public.channel_inbox add column subject_id uuid;
-- squawk-ignore require-concurrent-index-creation
create index channel_inbox_subject on public.channel_inbox (organisation_id, subject_id) where subject_id is not null;
alter table public.helpline_cases add column heard_at timestamptz;
-- squawk-ignore require-concurrent-index-creation
create index helpline_cases_contact on public.helpline_cases (organisation_id, caller_contact, received_at)
    where caller_contact <> '';
-- squawk-ignore require-concurrent-index-creation
create index helpline_cases_caller on public.helpline_cases (organisation_id, caller_organisation, received_at)
    where caller_organisation <> '';
"""
"""The tables are those of this release's own helpline and hold a desk's cases at most: an index takes a moment."""

THREADS = """
create table public.helpline_threads (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    case_id uuid not null,
    token text not null,
    opened_at timestamptz not null,
    constraint helpline_threads_pkey primary key (organisation_id, id),
    constraint helpline_threads_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_threads_case_key unique (organisation_id, case_id),
    constraint helpline_threads_token_key unique (organisation_id, token),
    constraint helpline_threads_token_check check (token ~ '^[a-z0-9]{16}$')
);
"""

MAIL = """
create table public.helpline_mail_in (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    digest text not null,
    message_id text not null default '',
    became text not null,
    case_id uuid,
    entry_id uuid,
    sender text not null default '',
    subject text not null default '',
    files text not null default '[]',
    size integer not null,
    proof text not null default 'unknown',
    received_at timestamptz not null,
    constraint helpline_mail_in_pkey primary key (organisation_id, id),
    constraint helpline_mail_in_digest_key unique (organisation_id, digest),
    constraint helpline_mail_in_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_mail_in_entry_fkey foreign key (organisation_id, entry_id)
        references public.helpline_entries (organisation_id, id),
    constraint helpline_mail_in_became_check
        check (became in ('case', 'continued', 'bounce', 'automatic', 'loop')),
    constraint helpline_mail_in_proof_check check (proof in ('proven', 'failed', 'unknown'))
);
create index helpline_mail_in_case on public.helpline_mail_in (organisation_id, case_id) where case_id is not null;
create index helpline_mail_in_entry on public.helpline_mail_in (organisation_id, entry_id) where entry_id is not null;
create index helpline_mail_in_sender on public.helpline_mail_in (organisation_id, sender, received_at);
create table public.helpline_mail_out (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    case_id uuid not null,
    entry_id uuid,
    what text not null,
    address text not null,
    answers text not null default '',
    state text not null default 'queued',
    fault text,
    attempts integer not null default 0,
    created_at timestamptz not null,
    sent_at timestamptz,
    constraint helpline_mail_out_pkey primary key (organisation_id, id),
    constraint helpline_mail_out_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_mail_out_entry_fkey foreign key (organisation_id, entry_id)
        references public.helpline_entries (organisation_id, id),
    constraint helpline_mail_out_what_check check (what in ('answer', 'received', 'feedback')),
    constraint helpline_mail_out_state_check
        check (state in ('queued', 'sent', 'refused', 'stopped', 'kept', 'bounced'))
);
create index helpline_mail_out_case on public.helpline_mail_out (organisation_id, case_id, created_at, id);
create index helpline_mail_out_address on public.helpline_mail_out (organisation_id, address, created_at);
"""

FORMS = """
create table public.helpline_forms (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    reference text not null,
    visitor bytea not null,
    told text not null,
    state text not null default 'waiting',
    case_id uuid,
    sent_at timestamptz not null,
    constraint helpline_forms_pkey primary key (organisation_id, id),
    constraint helpline_forms_reference_key unique (organisation_id, reference),
    constraint helpline_forms_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_forms_state_check check (state in ('waiting', 'taken')),
    constraint helpline_forms_told_check check (length(told) <= 100000)
);
create index helpline_forms_sent on public.helpline_forms (organisation_id, sent_at);
create table public.helpline_feedback (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    case_id uuid not null,
    helpful integer,
    words text not null default '',
    came_by text not null,
    given_at timestamptz not null,
    constraint helpline_feedback_pkey primary key (organisation_id, id),
    constraint helpline_feedback_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_feedback_case_key unique (organisation_id, case_id),
    constraint helpline_feedback_helpful_check check (helpful between 1 and 5),
    constraint helpline_feedback_came_by_check check (came_by in ('desk', 'link', 'channel'))
);
create index helpline_feedback_list on public.helpline_feedback (organisation_id, given_at desc, id desc);
"""

IMPORTS = """
create table public.helpline_imports (
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
    constraint helpline_imports_pkey primary key (organisation_id, id),
    constraint helpline_imports_uploaded_by_fkey foreign key (organisation_id, uploaded_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_imports_state_check check (state in ('open', 'running', 'done', 'dropped')),
    constraint helpline_imports_day_order_check check (day_order in ('day_first', 'month_first')),
    constraint helpline_imports_file_check check ((object_name is null) = (state in ('done', 'dropped'))),
    constraint helpline_imports_key_check check ((object_name is null) = (wrapped_key is null))
);
create index helpline_imports_list on public.helpline_imports (organisation_id, uploaded_at desc, id desc);
create table public.helpline_import_problems (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    import_id uuid not null,
    row_number integer not null,
    field text not null,
    problem text not null,
    constraint helpline_import_problems_pkey primary key (organisation_id, id),
    constraint helpline_import_problems_import_fkey foreign key (organisation_id, import_id)
        references public.helpline_imports (organisation_id, id)
);
create index helpline_import_problems_import
    on public.helpline_import_problems (organisation_id, import_id, row_number);
"""


def upgrade() -> None:
    """Empty tables and columns without a default: nothing is rewritten."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (ALTERED, THREADS, MAIL, FORMS, IMPORTS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
