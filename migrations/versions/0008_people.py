"""People whom the organisation knows, and which of them each person of an incident is.

A duplicate is never deleted: it points to the person that it was merged into, and every link stays with the record it
was made to. So both histories stay, and a merge is taken back exactly, by taking the pointer away.

`found_by` and `sounds` are what the search looks at: every name, group and identifier folded to plain small letters,
and how the names sound (Daitch-Mokotoff, which keeps Mohammed and Muhammad, Caitlin and Kaitlyn together).
"""

from alembic import op

revision = "0008_people"
down_revision = "0007_second_person"
branch_labels = None
depends_on = None

PEOPLE = """
create table public.people (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    version integer not null default 1,
    kind text not null,
    given_name text not null default '',
    family_name text not null default '',
    known_as text not null default '',
    former_names text[] not null default '{}',
    born_on date,
    connection text,
    group_name text not null default '',
    identifiers jsonb not null default '[]',
    contacts jsonb not null default '[]',
    flags text[] not null default '{}',
    address text not null default '',
    notes text not null default '',
    user_id uuid,
    merged_into_id uuid,
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null default '',
    changed_at timestamptz not null,
    sort_key text not null,
    found_by text not null,
    sounds text[] not null default '{}',
    twin text not null default '',
    constraint people_pkey primary key (organisation_id, id),
    constraint people_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint people_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint people_merged_into_fkey foreign key (organisation_id, merged_into_id)
        references public.people (organisation_id, id),
    constraint people_kind_check check (kind in ('child', 'adult')),
    constraint people_name_check check (btrim(given_name || family_name || known_as) <> ''),
    constraint people_version_check check (version >= 1),
    constraint people_merged_check check (merged_into_id <> id),
    constraint people_user_check check (user_id is null or kind = 'adult'),
    constraint people_identifiers_check check (jsonb_typeof(identifiers) = 'array'),
    constraint people_contacts_check check (jsonb_typeof(contacts) = 'array')
)
"""

MERGES = """
create table public.person_merges (
    organisation_id uuid not null,
    id uuid not null,
    kept_id uuid not null,
    absorbed_id uuid not null,
    merged_at timestamptz not null,
    merged_by uuid,
    merged_by_name text not null,
    reason text not null,
    undone_at timestamptz,
    undone_by uuid,
    undone_by_name text not null default '',
    undone_reason text not null default '',
    constraint person_merges_pkey primary key (organisation_id, id),
    constraint person_merges_kept_fkey foreign key (organisation_id, kept_id)
        references public.people (organisation_id, id),
    constraint person_merges_absorbed_fkey foreign key (organisation_id, absorbed_id)
        references public.people (organisation_id, id),
    constraint person_merges_merged_by_fkey foreign key (organisation_id, merged_by)
        references public.memberships (organisation_id, user_id),
    constraint person_merges_undone_by_fkey foreign key (organisation_id, undone_by)
        references public.memberships (organisation_id, user_id),
    constraint person_merges_self_check check (kept_id <> absorbed_id)
)
"""

APART = """
create table public.people_apart (
    organisation_id uuid not null,
    id uuid not null,
    one_id uuid not null,
    other_id uuid not null,
    said_at timestamptz not null,
    said_by uuid,
    said_by_name text not null,
    constraint people_apart_pkey primary key (organisation_id, id),
    constraint people_apart_pair_key unique (organisation_id, one_id, other_id),
    constraint people_apart_one_fkey foreign key (organisation_id, one_id)
        references public.people (organisation_id, id),
    constraint people_apart_other_fkey foreign key (organisation_id, other_id)
        references public.people (organisation_id, id),
    constraint people_apart_said_by_fkey foreign key (organisation_id, said_by)
        references public.memberships (organisation_id, user_id),
    constraint people_apart_order_check check (one_id < other_id)
)
"""

# The column is new and empty, so are the indexes of it: each costs one read of the table, within the lock's limit.
LINKS = (
    "alter table public.incident_people add column person_id uuid",
    """alter table public.incident_people
       -- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
       add constraint incident_people_person_fkey
       foreign key (organisation_id, person_id) references public.people (organisation_id, id)""",
    """-- squawk-ignore require-concurrent-index-creation
       create index incident_people_person on public.incident_people (organisation_id, person_id)
       where person_id is not null""",
    # One part per person and incident: whoever is both, say affected and alleged, is one of these with a note.
    """-- squawk-ignore require-concurrent-index-creation
       create unique index incident_people_once on public.incident_people (organisation_id, incident_id, person_id)
       where person_id is not null and removed_at is null""",
)

INDEXES = (
    # The directory by name, and the same for one kind or one group.
    "create index people_list on public.people (organisation_id, sort_key, id) where merged_into_id is null",
    """create index people_kinds on public.people (organisation_id, kind, sort_key, id)
       where merged_into_id is null""",
    """create index people_groups on public.people (organisation_id, group_name, sort_key, id)
       where merged_into_id is null and group_name <> ''""",
    # Near-miss search: pieces of names, and their sound. A merged record's names still find the person.
    "create index people_names on public.people using gin (organisation_id, found_by gin_trgm_ops)",
    "create index people_sounds on public.people using gin (organisation_id, sounds)",
    # Likely duplicates sound alike.
    """create index people_twins on public.people (organisation_id, twin, id)
       where merged_into_id is null and twin <> ''""",
    """create index people_merged on public.people (organisation_id, merged_into_id)
       where merged_into_id is not null""",
    "create unique index people_account on public.people (organisation_id, user_id) where user_id is not null",
    "create index person_merges_kept on public.person_merges (organisation_id, kept_id, merged_at desc)",
    "create index person_merges_absorbed on public.person_merges (organisation_id, absorbed_id, merged_at desc)",
)


def upgrade() -> None:
    """The directory, its merges, and the link from the people of an incident."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists pg_trgm")  # both trusted: the owner of the database may
    op.execute("create extension if not exists fuzzystrmatch")
    for statement in (PEOPLE, MERGES, APART, *INDEXES, *LINKS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
