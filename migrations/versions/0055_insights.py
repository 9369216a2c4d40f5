"""Repeat involvement, kept as it changes: what each person had a part in, by school year, and how many that were.

As with the counts of incidents, a change leaves one row, and a worker folds it in: nothing is ever locked that two
people who record at the same moment would both need. No key leads from these rows to a person: one who is erased takes
their row along at the next folding, and holds up nothing until then.
"""

from alembic import op

revision = "0055_insights"
down_revision = "0054_circle"
branch_labels = None
depends_on = None

PEOPLE = """
create table public.involved_people (
    organisation_id uuid not null references public.organisations (id),
    person_id uuid not null,
    year text not null,
    affected integer not null,
    alleged integer not null,
    constraint involved_people_pkey primary key (organisation_id, person_id, year)
)
"""
COUNTS = """
create table public.involvement_counts (
    organisation_id uuid not null references public.organisations (id),
    year text not null,
    measure text not null,
    people bigint not null,
    constraint involvement_counts_pkey primary key (organisation_id, year, measure)
)
"""
CHANGES = """
create table public.involvement_changes (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null default gen_random_uuid(),
    person_id uuid not null,
    constraint involvement_changes_pkey primary key (organisation_id, id)
)
"""


def upgrade() -> None:
    """The tables, empty; what is recorded already is counted once by the repeatable part."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (PEOPLE, COUNTS, CHANGES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
