"""Which questions a report asks, version by version; what was answered to an organisation's own; calendar addresses.

A form's version is never changed: an incident names the one that it was made with.
"""

from alembic import op

revision = "0010_calendars_and_forms"
down_revision = "0009_casework"
branch_labels = None
depends_on = None

FORMS = """
create table public.form_versions (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    number integer not null,
    choices jsonb not null,
    asked jsonb not null,
    made_at timestamptz not null,
    made_by uuid,
    made_by_name text not null,
    constraint form_versions_pkey primary key (organisation_id, id),
    constraint form_versions_number_key unique (organisation_id, number),
    constraint form_versions_member_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint form_versions_number_check check (number >= 1),
    constraint form_versions_asked_check check (jsonb_typeof(asked) = 'array')
)
"""

FEEDS = """
create table public.calendar_feeds (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    user_id uuid not null,
    token_hash bytea not null,
    made_at timestamptz not null,
    revoked_at timestamptz,
    constraint calendar_feeds_pkey primary key (organisation_id, id),
    constraint calendar_feeds_token_key unique (organisation_id, token_hash),
    constraint calendar_feeds_member_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint calendar_feeds_token_check check (length(token_hash) = 32)
)
"""

# Not validated: no row has ever held anything else, and every new one is checked all the same.
COLUMNS = (
    """alter table public.incidents
       add column reported_type text,
       add column form_version integer,
       add column answers jsonb not null default '[]'""",
    """alter table public.incidents add constraint incidents_answers_check
       check (jsonb_typeof(answers) = 'array') not valid""",
    """alter table public.incidents add constraint incidents_form_fkey foreign key (organisation_id, form_version)
       references public.form_versions (organisation_id, number) not valid""",
)

INDEXES = (
    "create index calendar_feeds_by_token on public.calendar_feeds (token_hash)",
    "create index calendar_feeds_member on public.calendar_feeds (organisation_id, user_id)",
    # What runs until somebody answers, for the page of today and for calendars.
    # Nothing is awaited yet, so it is made empty, by one look through the table.
    """-- squawk-ignore require-concurrent-index-creation
       create index entries_awaited on public.entries (organisation_id, written_at, id)
       where kind = 'contact' and awaits_answer and done_at is null""",
)


def upgrade() -> None:
    """Two tables, three columns, three indexes."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (FORMS, FEEDS, *COLUMNS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
