"""Packs of every kind, a live scope for inspectors, and the weekly report of who looked at what."""

from alembic import op

revision = "0036_pack_kinds"
down_revision = "0035_subject_access"
branch_labels = None
depends_on = None

# The columns are new and empty, so that what checks them has nothing to read.
PACKS = (
    "alter table public.packs add column log text not null default 'general'",
    "alter table public.packs add column redacted boolean not null default false",
    "alter table public.packs add column person_id uuid",
    "alter table public.packs add column review_id uuid",
    "alter table public.packs add column body text",
    "alter table public.packs add column drawn text",
    "alter table public.packs add column seed text",
    "alter table public.packs add column drawn_from integer",
    "alter table public.packs add column sampled uuid[]",
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.packs add constraint packs_log_check
        check (log in ('general', 'restricted') and (log = 'general' or kind = 'incident' and disclosure = 'minimal'))
    """,
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.packs add constraint packs_person_fkey foreign key (organisation_id, person_id)
        references public.people (organisation_id, id)
    """,
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.packs add constraint packs_review_fkey foreign key (organisation_id, review_id)
        references public.reviews (organisation_id, id)
    """,
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.packs add constraint packs_drawn_check check (
        num_nonnulls(drawn, drawn_from, sampled) in (0, 3) and (seed is null or drawn = 'random')
        and (drawn is null or drawn in ('inspector', 'random', 'lead'))
    )
    """,
    # A wider one takes its place in the same transaction.
    """
    -- squawk-ignore ban-drop-constraint
    alter table public.packs drop constraint packs_kind_check
    """,
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.packs add constraint packs_kind_check check (
        (incident_id is not null) = (kind = 'incident')
        and (person_id is not null) = (kind = 'person')
        and (body is not null) = (kind = 'inspection')
        and (drawn is not null) = (kind = 'inspection')
        and num_nonnulls(from_on, until_on) = case
            when kind in ('period', 'referrals', 'inspection') then 2 else 0 end
        and (until_on is null or until_on >= from_on)
        and case kind when 'review' then review_id is not null when 'inspection' then true else review_id is null end
        and kind in ('incident', 'period', 'person', 'review', 'registers', 'referrals', 'disposals', 'inspection')
    )
    """,
)

LIVE = (
    "alter table public.inspections add column live_from date",
    "alter table public.inspections add column live_until date",
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.inspections add constraint inspections_live_check
        check (num_nonnulls(live_from, live_until) in (0, 2) and (live_until is null or live_until >= live_from))
    """,
    "alter table public.inspection_notes add column pack_id uuid",
    """
    -- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
    alter table public.inspection_notes add constraint inspection_notes_pack_fkey
        foreign key (organisation_id, pack_id) references public.packs (organisation_id, id)
    """,
)

REPORTS = """
create table public.access_reports (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    from_size bigint not null,
    origin text not null,
    log_size bigint not null,
    checkpoint text not null,
    vkey text not null,
    made_at timestamptz not null,
    constraint access_reports_pkey primary key (organisation_id, id),
    constraint access_reports_from_key unique (organisation_id, from_size),
    constraint access_reports_size_check check (log_size > from_size)
)
"""


def upgrade() -> None:
    """What there is stays as it is: packs of one incident or of a period, of the general log, whole."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (*PACKS, *LIVE, REPORTS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
