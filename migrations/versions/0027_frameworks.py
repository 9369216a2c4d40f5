"""Frameworks and controls of an organisation's own, reports, and what a group is told by its organisations."""

from alembic import op

revision = "0027_frameworks"
down_revision = "0026_registers"
branch_labels = None
depends_on = None

FRAMEWORKS = """
create table public.own_frameworks (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    code text not null,
    edition text not null,
    name text not null,
    body text not null,
    controls integer not null,
    imported_at timestamptz not null,
    imported_by uuid,
    imported_by_name text not null,
    constraint own_frameworks_pkey primary key (organisation_id, id),
    constraint own_frameworks_imported_by_fkey foreign key (organisation_id, imported_by)
        references public.memberships (organisation_id, user_id),
    constraint own_frameworks_edition_key unique (organisation_id, code, edition)
);
create table public.own_controls (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    framework text not null,
    code text not null,
    objective text not null,
    name text not null,
    levels text[] not null,
    added_at timestamptz not null,
    added_by uuid,
    added_by_name text not null,
    ended_at timestamptz,
    constraint own_controls_pkey primary key (organisation_id, id),
    constraint own_controls_added_by_fkey foreign key (organisation_id, added_by)
        references public.memberships (organisation_id, user_id),
    constraint own_controls_code_key unique (organisation_id, framework, code)
);
"""
STATEMENTS = """
create table public.insight_statements (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    period text not null,
    words text not null,
    version integer not null default 1,
    written_at timestamptz not null,
    written_by uuid,
    written_by_name text not null,
    constraint insight_statements_pkey primary key (organisation_id, id),
    constraint insight_statements_written_by_fkey foreign key (organisation_id, written_by)
        references public.memberships (organisation_id, user_id),
    constraint insight_statements_period_key unique (organisation_id, period)
);
"""
REPORTS = """
create table public.reports (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    kind text not null,
    period text not null,
    review_id uuid,
    asked_at timestamptz not null,
    asked_by uuid,
    asked_by_name text not null,
    ready_at timestamptz,
    body text,
    size bigint,
    sha256 bytea,
    wrapped_key bytea,
    constraint reports_pkey primary key (organisation_id, id),
    constraint reports_asked_by_fkey foreign key (organisation_id, asked_by)
        references public.memberships (organisation_id, user_id),
    constraint reports_review_fkey foreign key (organisation_id, review_id)
        references public.reviews (organisation_id, id),
    constraint reports_kind_check check (kind in ('governors', 'review')),
    constraint reports_review_check check ((kind = 'review') = (review_id is not null)),
    constraint reports_ready_check check ((ready_at is null) = (wrapped_key is null))
);
create index reports_list on public.reports (organisation_id, asked_at desc, id desc);
"""
GROUPS = """
create table public.group_figures (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    member_id uuid not null,
    member_name text not null,
    period text not null,
    body text not null,
    received_at timestamptz not null,
    constraint group_figures_pkey primary key (organisation_id, id),
    constraint group_figures_member_key unique (organisation_id, member_id, period)
);
"""


def upgrade() -> None:
    """Empty tables: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (FRAMEWORKS, STATEMENTS, REPORTS, GROUPS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
