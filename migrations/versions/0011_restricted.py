"""Who must not know of a record: exclusions, need-to-know lists, broken glass, and the vault of concerns about staff.

`incidents.restricted_at` says since when what happens to an incident is told to the restricted log alone: from the
first moment that it excluded anybody or was kept to a list. It is never taken away, because a log cannot move.
"""

from alembic import op

revision = "0011_restricted"
down_revision = "0010_calendars_and_forms"
branch_labels = None
depends_on = None

PLAIN_NAME = r"lower(regexp_replace(btrim(name), '\s+', ' ', 'g'))"

INCIDENTS = (
    "alter table public.incidents add column restricted_at timestamptz",
    # An account that is made later is held against the names that were given before it.
    f"""-- squawk-ignore require-concurrent-index-creation
       create index incident_people_alleged on public.incident_people (organisation_id, ({PLAIN_NAME}))
       where role = 'alleged'""",
    """-- squawk-ignore require-concurrent-index-creation
       create index incidents_restricted on public.incidents (organisation_id, id) where restricted_at is not null""",
)

CONCERNS = """
create table public.concerns (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    reference text not null,
    version integer not null default 1,
    state text not null default 'new',
    raised_at timestamptz not null,
    raised_by uuid,
    raised_by_name text not null,
    incident_id uuid,
    subject_user_id uuid,
    subject_name text not null,
    subject_work text not null default '',
    happened_words text not null default '',
    narrative text not null,
    immediate_action text not null default '',
    child_at_risk boolean,
    received_at timestamptz,
    received_by uuid,
    level text,
    level_reason text not null default '',
    decided_at timestamptz,
    outcome text,
    outcome_reason text not null default '',
    told_at timestamptz,
    closed_at timestamptz,
    last_activity_at timestamptz not null,
    constraint concerns_pkey primary key (organisation_id, id),
    constraint concerns_reference_key unique (organisation_id, reference),
    constraint concerns_raised_by_fkey foreign key (organisation_id, raised_by)
        references public.memberships (organisation_id, user_id),
    constraint concerns_subject_fkey foreign key (organisation_id, subject_user_id)
        references public.memberships (organisation_id, user_id),
    constraint concerns_received_by_fkey foreign key (organisation_id, received_by)
        references public.memberships (organisation_id, user_id),
    constraint concerns_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint concerns_version_check check (version >= 1),
    constraint concerns_state_check check (state in ('new', 'open', 'closed')),
    constraint concerns_subject_check check (btrim(subject_name) <> ''),
    constraint concerns_narrative_check check (btrim(narrative) <> ''),
    constraint concerns_received_check check ((state = 'new') = (received_at is null)),
    constraint concerns_level_check check (level in ('low_level', 'allegation')),
    constraint concerns_decided_check check (
        (level is null) = (decided_at is null) and (level is null or btrim(level_reason) <> '')),
    constraint concerns_outcome_check check (
        outcome in ('substantiated', 'unsubstantiated', 'unfounded', 'false', 'malicious', 'low_level_kept')),
    constraint concerns_closed_check check (
        (state = 'closed') = (closed_at is not null)
        and (state <> 'closed' or (level is not null and outcome is not null and btrim(outcome_reason) <> '')))
)
"""

CONCERN_ENTRIES = """
create table public.concern_entries (
    organisation_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    kind text not null,
    written_at timestamptz not null,
    author_id uuid,
    author_name text not null,
    words text not null default '',
    reason text not null default '',
    contact text,
    contact_name text not null default '',
    contact_reference text not null default '',
    contacted_at timestamptz,
    constraint concern_entries_pkey primary key (organisation_id, id),
    constraint concern_entries_concern_fkey foreign key (organisation_id, concern_id)
        references public.concerns (organisation_id, id),
    constraint concern_entries_author_fkey foreign key (organisation_id, author_id)
        references public.memberships (organisation_id, user_id),
    constraint concern_entries_kind_check check (
        case kind
            when 'note' then btrim(words) <> ''
            when 'received' then true
            when 'decision' then btrim(words) <> '' and btrim(reason) <> ''
            when 'contact' then btrim(words) <> '' and contact is not null and contacted_at is not null
            when 'told' then btrim(words) <> ''
            when 'closing' then btrim(words) <> '' and btrim(reason) <> ''
            when 'reopening' then btrim(reason) <> ''
            else false
        end
    )
)
"""

VAULT_PEOPLE = """
create table public.vault_people (
    organisation_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    since timestamptz not null,
    named_by uuid,
    reason text not null,
    ended_at timestamptz,
    ended_by uuid,
    constraint vault_people_pkey primary key (organisation_id, id),
    constraint vault_people_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint vault_people_named_by_fkey foreign key (organisation_id, named_by)
        references public.memberships (organisation_id, user_id),
    constraint vault_people_ended_by_fkey foreign key (organisation_id, ended_by)
        references public.memberships (organisation_id, user_id),
    constraint vault_people_reason_check check (btrim(reason) <> ''),
    constraint vault_people_ended_check check (ended_by is null or ended_at is not null)
)
"""

EXCLUSIONS = """
create table public.exclusions (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid,
    concern_id uuid,
    user_id uuid not null,
    cause text not null,
    since timestamptz not null,
    lifted_at timestamptz,
    lifted_by uuid,
    lifted_by_name text not null default '',
    ground text,
    told_how text not null default '',
    reason text not null default '',
    constraint exclusions_pkey primary key (organisation_id, id),
    constraint exclusions_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint exclusions_concern_fkey foreign key (organisation_id, concern_id)
        references public.concerns (organisation_id, id),
    constraint exclusions_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint exclusions_lifted_by_fkey foreign key (organisation_id, lifted_by)
        references public.memberships (organisation_id, user_id),
    constraint exclusions_about_check check (num_nonnulls(incident_id, concern_id) = 1),
    constraint exclusions_cause_check check (cause in ('linked', 'named', 'chosen')),
    constraint exclusions_ground_check check (ground in ('told', 'mistaken')),
    constraint exclusions_lifted_check check (
        (lifted_at is null) = (ground is null)
        and (lifted_at is null or btrim(reason) <> '') and (ground <> 'told' or btrim(told_how) <> ''))
)
"""

CONFINEMENTS = """
create table public.confinements (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    confined_at timestamptz not null,
    confined_by uuid,
    reason text not null,
    ended_at timestamptz,
    ended_by uuid,
    end_reason text not null default '',
    constraint confinements_pkey primary key (organisation_id, id),
    constraint confinements_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint confinements_confined_by_fkey foreign key (organisation_id, confined_by)
        references public.memberships (organisation_id, user_id),
    constraint confinements_ended_by_fkey foreign key (organisation_id, ended_by)
        references public.memberships (organisation_id, user_id),
    constraint confinements_reason_check check (btrim(reason) <> ''),
    constraint confinements_ended_check check (ended_at is null or btrim(end_reason) <> '')
)
"""

CONFIDANTS = """
create table public.confidants (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    user_id uuid not null,
    since timestamptz not null,
    added_by uuid,
    ended_at timestamptz,
    constraint confidants_pkey primary key (organisation_id, id),
    constraint confidants_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint confidants_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint confidants_added_by_fkey foreign key (organisation_id, added_by)
        references public.memberships (organisation_id, user_id)
)
"""

GLASS = """
create table public.broken_glass (
    organisation_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    reason text not null,
    approval_id uuid,
    opened_at timestamptz not null,
    until timestamptz not null,
    ended_at timestamptz,
    constraint broken_glass_pkey primary key (organisation_id, id),
    constraint broken_glass_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint broken_glass_reason_check check (btrim(reason) <> ''),
    constraint broken_glass_until_check check (until > opened_at and until <= opened_at + interval '60 minutes')
)
"""

INDEXES = (
    "create index concerns_list on public.concerns (organisation_id, raised_at desc, id desc)",
    "create index concerns_own on public.concerns (organisation_id, raised_by, raised_at desc)",
    """create unique index concerns_incident on public.concerns (organisation_id, incident_id)
       where incident_id is not null""",
    "create index concern_entries_story on public.concern_entries (organisation_id, concern_id, written_at, id)",
    "create unique index vault_people_now on public.vault_people (organisation_id, user_id) where ended_at is null",
    """create unique index exclusions_incident on public.exclusions (organisation_id, incident_id, user_id)
       where incident_id is not null""",
    """create unique index exclusions_concern on public.exclusions (organisation_id, concern_id, user_id)
       where concern_id is not null""",
    # Asked by every statement of every page: what must this person not know of?
    "create index exclusions_now on public.exclusions (organisation_id, user_id) where lifted_at is null",
    """create unique index confinements_now on public.confinements (organisation_id, incident_id)
       where ended_at is null""",
    """create unique index confidants_now on public.confidants (organisation_id, incident_id, user_id)
       where ended_at is null""",
    "create index broken_glass_now on public.broken_glass (organisation_id, user_id, until)",
)


def upgrade() -> None:
    """The restricted side of the house, empty."""
    op.execute("set local lock_timeout = '5s'")
    tables = (CONCERNS, CONCERN_ENTRIES, VAULT_PEOPLE, EXCLUSIONS, CONFINEMENTS, CONFIDANTS, GLASS)
    for statement in (*INCIDENTS, *tables, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
