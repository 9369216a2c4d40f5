"""Provisioning: an organisation's directory, whom and which groups it keeps here, and what came of it.

People keep their membership when the directory deletes them: records name it. What the directory says of somebody is
kept as it was sent, so that it reads back what it wrote.
"""

from alembic import op

revision = "0037_provisioning"
down_revision = "0036_pack_kinds"
branch_labels = None
depends_on = None

CONNECTIONS = """
create table public.provisioning_connections (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    user_id uuid not null,
    label text not null,
    sign_on_id uuid,
    token_hash bytea not null,
    earlier_hash bytea,
    earlier_until timestamptz,
    made_at timestamptz not null,
    made_by uuid,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    ended_at timestamptz,
    constraint provisioning_connections_pkey primary key (organisation_id, id),
    constraint provisioning_connections_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint provisioning_connections_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint provisioning_connections_sign_on_fkey foreign key (organisation_id, sign_on_id)
        references public.sign_on_connections (organisation_id, id),
    constraint provisioning_connections_label_check check (length(label) between 1 and 100),
    constraint provisioning_connections_token_check check (length(token_hash) = 32),
    constraint provisioning_connections_earlier_check check ((earlier_hash is null) = (earlier_until is null))
)
"""

PEOPLE = """
create table public.provisioned_people (
    organisation_id uuid not null,
    user_id uuid not null,
    connection_id uuid not null,
    user_name text not null,
    external_id text,
    document text not null,
    version integer not null default 1,
    added_at timestamptz not null,
    changed_at timestamptz not null,
    deleted_at timestamptz,
    constraint provisioned_people_pkey primary key (organisation_id, user_id),
    constraint provisioned_people_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint provisioned_people_connection_fkey foreign key (organisation_id, connection_id)
        references public.provisioning_connections (organisation_id, id)
)
"""

GROUPS = """
create table public.provisioned_groups (
    organisation_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    display_name text not null,
    external_id text,
    role text,
    version integer not null default 1,
    added_at timestamptz not null,
    changed_at timestamptz not null,
    deleted_at timestamptz,
    constraint provisioned_groups_pkey primary key (organisation_id, id),
    constraint provisioned_groups_connection_fkey foreign key (organisation_id, connection_id)
        references public.provisioning_connections (organisation_id, id)
)
"""

MEMBERS = """
create table public.provisioned_group_members (
    organisation_id uuid not null,
    group_id uuid not null,
    user_id uuid not null,
    constraint provisioned_group_members_pkey primary key (organisation_id, group_id, user_id),
    constraint provisioned_group_members_group_fkey foreign key (organisation_id, group_id)
        references public.provisioned_groups (organisation_id, id),
    constraint provisioned_group_members_person_fkey foreign key (organisation_id, user_id)
        references public.provisioned_people (organisation_id, user_id)
)
"""

NOTES = """
create table public.provisioning_notes (
    organisation_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    at timestamptz not null,
    act text not null,
    user_id uuid,
    group_id uuid,
    role text,
    constraint provisioning_notes_pkey primary key (organisation_id, id),
    constraint provisioning_notes_connection_fkey foreign key (organisation_id, connection_id)
        references public.provisioning_connections (organisation_id, id),
    constraint provisioning_notes_person_fkey foreign key (organisation_id, user_id)
        references public.provisioned_people (organisation_id, user_id),
    constraint provisioning_notes_group_fkey foreign key (organisation_id, group_id)
        references public.provisioned_groups (organisation_id, id)
)
"""

STEPS = (
    "set local lock_timeout = '5s'",
    CONNECTIONS,
    PEOPLE,
    GROUPS,
    MEMBERS,
    NOTES,
    # Looked up by hash alone, before anything is known of the organisation; a hash of 256 random bits is unique.
    "create index provisioning_by_token on public.provisioning_connections (token_hash)",
    "create index provisioning_by_earlier on public.provisioning_connections (earlier_hash)",
    "create unique index provisioned_people_name on public.provisioned_people (organisation_id, lower(user_name))"
    " where deleted_at is null",
    "create index provisioned_people_external on public.provisioned_people (organisation_id, external_id)",
    "create unique index provisioned_groups_name on public.provisioned_groups (organisation_id, lower(display_name))"
    " where deleted_at is null",
    "create index provisioned_group_members_of on public.provisioned_group_members (organisation_id, user_id)",
    "create index provisioning_notes_list on public.provisioning_notes (organisation_id, connection_id, at desc)",
)


def upgrade() -> None:
    """Five tables."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
