"""Operators: removal of what an organisation kept, its certificate, and keys of contexts that run out by themselves.

And of an account at a provider, whether somebody who answers for records stood up for it before it was first used.

What operators did and agreed to outlives the organisation, so both lists refer to it by its id and no longer by a
foreign key.
"""

from alembic import op

revision = "0046_operators"
down_revision = "0045_rosters"
branch_labels = None
depends_on = None

DROPPED = (
    "-- squawk-ignore ban-drop-constraint\nalter table console.requests drop constraint requests_organisation_fkey",
    "-- squawk-ignore ban-drop-constraint\nalter table console.acts drop constraint acts_organisation_fkey",
    "-- squawk-ignore ban-drop-constraint\nalter table console.acts drop constraint acts_act_check",
)
REQUESTS = """
alter table console.requests
    add column kind text not null default 'leaving',
    add column due_at timestamptz,
    add column stopped_at timestamptz,
    add column stopped_by_name text
"""
CHECKS = (
    ("requests", "kind", "kind in ('leaving', 'removal')"),
    ("requests", "due", "(due_at is not null) = (kind = 'removal' and decision is not distinct from 'agreed')"),
    ("requests", "stopped", "num_nulls(stopped_at, stopped_by_name) in (0, 2)"
     " and (stopped_at is null or due_at is not null)"),
    ("acts", "act", "act in ("
     "'enrolled', 'signed_in', 'suspended', 'resumed', 'leaving_asked', 'leaving_agreed', 'leaving_declined', "
     "'leaving_undone', 'announced', 'announcement_ended', 'removal_asked', 'removal_agreed', 'removal_declined', "
     "'removal_stopped')"),
)  # fmt: skip
"""The tables hold what operators did: a few hundred rows, looked at in a moment."""

REMOVALS = """
create table console.removals (
    id uuid not null,
    organisation_id uuid not null,
    slug text not null,
    name text not null,
    kind text not null,
    reason text not null,
    asked_by_name text not null,
    asked_at timestamptz not null,
    agreed_by_name text not null,
    agreed_at timestamptz not null,
    removed_at timestamptz not null,
    counted jsonb not null,
    accounts bigint not null,
    objects text[] not null,
    stored_erased_at timestamptz,
    certificate text,
    constraint removals_pkey primary key (id),
    constraint removals_organisation_key unique (organisation_id),
    constraint removals_two_check check (agreed_by_name <> '' and asked_by_name <> '')
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    *DROPPED,
    REQUESTS,
    *(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"alter table console.{table} add constraint {table}_{name}_check check ({what})"
        for table, name, what in CHECKS
    ),
    REMOVALS,
    "create index removals_removed on console.removals (removed_at)",
    "alter table sec.keys add column until timestamptz",
    "alter table public.sign_on_accounts add column vouched boolean not null default false",
)  # fmt: skip


def upgrade() -> None:
    """Two lists outlive what they are about; a table of certificates; a key may have an end."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
