"""The helpline's report: themes, annual reports with their stories and recommendations, and alerts to organisations."""

from alembic import op

revision = "0033_helpline_report"
down_revision = "0032_speed"
branch_labels = None
depends_on = None

THEMES = """
create table public.helpline_themes (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    name text not null,
    describes text not null default '',
    state text not null default 'active',
    version integer not null default 1,
    opened_at timestamptz not null,
    opened_by uuid,
    opened_by_name text not null,
    constraint helpline_themes_pkey primary key (organisation_id, id),
    constraint helpline_themes_name_key unique (organisation_id, name),
    constraint helpline_themes_opened_by_fkey foreign key (organisation_id, opened_by)
        references public.memberships (organisation_id, user_id),
    constraint state check (state in ('active', 'retired'))
)
"""
CODED = "alter table public.helpline_cases add column themes uuid[] not null default '{}'"
REPORTS = """
create table public.helpline_reports (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    code text not null,
    title text not null,
    first_day date not null,
    last_day date not null,
    foreword text not null default '',
    trends text not null default '',
    state text not null default 'draft',
    version integer not null default 1,
    begun_at timestamptz not null,
    begun_by uuid,
    begun_by_name text not null,
    published_at timestamptz,
    published_by uuid,
    published_by_name text not null default '',
    withdrawn_reason text not null default '',
    body text,
    pdf bytea,
    sha256 bytea,
    constraint helpline_reports_pkey primary key (organisation_id, id),
    constraint helpline_reports_code_key unique (organisation_id, code),
    constraint helpline_reports_begun_by_fkey foreign key (organisation_id, begun_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_reports_published_by_fkey foreign key (organisation_id, published_by)
        references public.memberships (organisation_id, user_id),
    constraint code check (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    constraint days check (first_day <= last_day),
    constraint state check (state in ('draft', 'making', 'published', 'withdrawn')),
    constraint published check ((state in ('published', 'withdrawn')) = (published_at is not null)),
    constraint made check (published_at is null or (body is not null and pdf is not null and sha256 is not null))
)
"""
STORIES = """
create table public.helpline_stories (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    report_id uuid not null,
    case_id uuid not null,
    title text not null,
    words text not null,
    state text not null default 'written',
    version integer not null default 1,
    written_at timestamptz not null,
    written_by uuid,
    written_by_name text not null,
    agreed_at timestamptz,
    agreed_by uuid,
    agreed_by_name text not null default '',
    constraint helpline_stories_pkey primary key (organisation_id, id),
    constraint helpline_stories_report_fkey foreign key (organisation_id, report_id)
        references public.helpline_reports (organisation_id, id),
    constraint helpline_stories_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_stories_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id),
    constraint helpline_stories_agreed_by_fkey foreign key (organisation_id, agreed_by)
        references public.memberships (organisation_id, user_id),
    constraint state check (state in ('written', 'agreed', 'dropped')),
    constraint agreed check ((state = 'agreed') = (agreed_at is not null))
);
create index helpline_stories_report on public.helpline_stories (organisation_id, report_id, written_at, id);
"""
RECOMMENDATIONS = """
create table public.helpline_recommendations (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    report_id uuid not null,
    words text not null,
    owner text not null,
    state text not null default 'made',
    became text not null default '',
    version integer not null default 1,
    made_at timestamptz not null,
    changed_at timestamptz not null,
    constraint helpline_recommendations_pkey primary key (organisation_id, id),
    constraint helpline_recommendations_report_fkey foreign key (organisation_id, report_id)
        references public.helpline_reports (organisation_id, id),
    constraint state check (state in ('made', 'accepted', 'done', 'declined', 'dropped'))
);
create index helpline_recommendations_report on public.helpline_recommendations
    (organisation_id, report_id, made_at, id);
"""
SIGNALS = """
create table public.helpline_signals (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    title text not null,
    words text not null,
    to_do text not null,
    platform text not null default '',
    kinds text[] not null,
    nations text[] not null,
    state text not null default 'published',
    version integer not null default 1,
    reached integer not null default 0,
    published_at timestamptz not null,
    published_by uuid,
    published_by_name text not null,
    ended_at timestamptz,
    constraint helpline_signals_pkey primary key (organisation_id, id),
    constraint helpline_signals_published_by_fkey foreign key (organisation_id, published_by)
        references public.memberships (organisation_id, user_id),
    constraint state check (state in ('published', 'ended')),
    constraint ended check ((state = 'ended') = (ended_at is not null))
);
create index helpline_signals_list on public.helpline_signals (organisation_id, published_at desc, id desc);
"""
RECEIVED = """
create table public.received_signals (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    signal_id uuid not null,
    sender_name text not null,
    title text not null,
    words text not null,
    to_do text not null,
    platform text not null default '',
    published_at timestamptz not null,
    received_at timestamptz not null,
    ended_at timestamptz,
    dismissed_at timestamptz,
    dismissed_by uuid,
    dismissed_by_name text not null default '',
    item_id uuid,
    constraint received_signals_pkey primary key (organisation_id, id),
    constraint received_signals_signal_key unique (organisation_id, signal_id),
    constraint received_signals_dismissed_by_fkey foreign key (organisation_id, dismissed_by)
        references public.memberships (organisation_id, user_id),
    constraint received_signals_item_fkey foreign key (organisation_id, item_id)
        references public.evidence_items (organisation_id, id)
);
create index received_signals_list on public.received_signals (organisation_id, published_at desc, id desc);
"""


def upgrade() -> None:
    """Tables that are new, and a column with a constant default: no table is rewritten."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (THEMES, CODED, REPORTS, STORIES, RECOMMENDATIONS, SIGNALS, RECEIVED):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
