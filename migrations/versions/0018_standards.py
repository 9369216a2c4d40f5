"""Standards: reviews with a level for each control, the evidence for it, and what is done to improve."""

from alembic import op

revision = "0018_standards"
down_revision = "0017_alerts_and_imports"
branch_labels = None
depends_on = None

REVIEWS = """
create table public.reviews (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    framework text not null,
    framework_version text not null,
    scope text not null,
    state text not null default 'open',
    statement text not null default '',
    version integer not null default 1,
    started_at timestamptz not null,
    started_by uuid,
    started_by_name text not null,
    signed_at timestamptz,
    signed_by uuid,
    signed_by_name text,
    constraint reviews_pkey primary key (organisation_id, id),
    constraint reviews_started_by_fkey foreign key (organisation_id, started_by)
        references public.memberships (organisation_id, user_id),
    constraint reviews_signed_by_fkey foreign key (organisation_id, signed_by)
        references public.memberships (organisation_id, user_id),
    constraint reviews_scope_check check (scope in ('first', 'full')),
    constraint reviews_state_check check (state in ('open', 'signed')),
    constraint reviews_signed_check check ((state = 'signed') = (signed_at is not null))
);
create unique index reviews_open on public.reviews (organisation_id, framework) where state = 'open';
create index reviews_list on public.reviews (organisation_id, framework, started_at desc, id desc);
"""

RATINGS = """
create table public.ratings (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    review_id uuid not null,
    control text not null,
    level integer,
    commentary text not null default '',
    version integer not null default 1,
    judged_at timestamptz not null,
    judged_by uuid,
    judged_by_name text not null,
    constraint ratings_pkey primary key (organisation_id, id),
    constraint ratings_review_fkey foreign key (organisation_id, review_id)
        references public.reviews (organisation_id, id),
    constraint ratings_judged_by_fkey foreign key (organisation_id, judged_by)
        references public.memberships (organisation_id, user_id),
    constraint ratings_control_key unique (organisation_id, review_id, control),
    constraint ratings_level_check check (level between 1 and 9)
);
"""

EVIDENCE = """
create table public.evidence_items (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    kind text not null,
    title text not null,
    description text not null default '',
    kept_at text not null default '',
    dated_on date not null,
    renew_on date,
    version integer not null default 1,
    added_at timestamptz not null,
    added_by uuid,
    added_by_name text not null,
    withdrawn_at timestamptz,
    withdrawn_reason text not null default '',
    constraint evidence_items_pkey primary key (organisation_id, id),
    constraint evidence_items_added_by_fkey foreign key (organisation_id, added_by)
        references public.memberships (organisation_id, user_id),
    constraint evidence_items_renew_check check (renew_on is null or renew_on >= dated_on)
);
create index evidence_items_list on public.evidence_items (organisation_id, added_at desc, id desc);
create table public.evidence_controls (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    item_id uuid not null,
    framework text not null,
    control text not null,
    constraint evidence_controls_pkey primary key (organisation_id, id),
    constraint evidence_controls_item_fkey foreign key (organisation_id, item_id)
        references public.evidence_items (organisation_id, id),
    constraint evidence_controls_item_key unique (organisation_id, item_id, framework, control)
);
create index evidence_controls_control on public.evidence_controls (organisation_id, framework, control);
"""

IMPROVEMENTS = """
create table public.improvements (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    framework text not null,
    control text not null,
    source text not null,
    words text not null,
    owner_id uuid,
    owner_name text not null,
    due_on date not null,
    state text not null default 'planned',
    progress text not null default '',
    effect text not null default '',
    version integer not null default 1,
    planned_at timestamptz not null,
    planned_by uuid,
    planned_by_name text not null,
    finished_at timestamptz,
    constraint improvements_pkey primary key (organisation_id, id),
    constraint improvements_owner_fkey foreign key (organisation_id, owner_id)
        references public.memberships (organisation_id, user_id),
    constraint improvements_planned_by_fkey foreign key (organisation_id, planned_by)
        references public.memberships (organisation_id, user_id),
    constraint improvements_source_check check (source in ('review', 'incident', 'audit', 'other')),
    constraint improvements_state_check check (state in ('planned', 'doing', 'done', 'dropped')),
    constraint improvements_finished_check check ((state in ('done', 'dropped')) = (finished_at is not null))
);
create index improvements_open on public.improvements (organisation_id, due_on, id)
    where state in ('planned', 'doing');
create index improvements_list on public.improvements (organisation_id, planned_at desc, id desc);
create index improvements_control on public.improvements (organisation_id, framework, control);
"""


def upgrade() -> None:
    """Empty tables: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (REVIEWS, RATINGS, EVIDENCE, IMPROVEMENTS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
