"""Incidents, the people in them, and the entries that follow them up.

Every key leads with the organisation, every state that must never be is ruled out by a CHECK, and nothing is ever
deleted. Columns are a projection: the committed document of each version stands in `audit.documents`.
"""

from alembic import op

revision = "0003_incidents"
down_revision = "0002_identity"
branch_labels = None
depends_on = None

INCIDENTS = """
create table public.incidents (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    reference text not null,
    version integer not null default 1,
    state text not null default 'new',
    risk text not null default 'unassessed',
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    happened_from timestamptz,
    happened_until timestamptz,
    happened_precision text not null default 'unknown',
    happened_words text not null default '',
    discovered_at timestamptz,
    place text,
    place_detail text not null default '',
    platforms text[] not null default '{}',
    device text,
    accounts text not null default '',
    four_c text[] not null default '{}',
    risk_areas text[] not null default '{}',
    issue_types text[] not null default '{}',
    narrative text not null,
    child_words text not null default '',
    immediate_action text not null default '',
    danger_now boolean,
    lead_told boolean,
    parents_informed text not null default 'not_said',
    parents_reason text not null default '',
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    closed_at timestamptz,
    closed_by uuid,
    closing_summary text,
    closing_follow_up text,
    closing_decision text,
    closing_outcome text,
    last_activity_at timestamptz not null,
    tsv tsvector not null default '',
    constraint incidents_pkey primary key (organisation_id, id),
    constraint incidents_reference_key unique (organisation_id, reference),
    constraint incidents_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id),
    constraint incidents_acknowledged_by_fkey foreign key (organisation_id, acknowledged_by)
        references public.memberships (organisation_id, user_id),
    constraint incidents_closed_by_fkey foreign key (organisation_id, closed_by)
        references public.memberships (organisation_id, user_id),
    constraint incidents_reference_check
        check (reference ~ '^[2-9CFGHJKMPQRVWX]{3}-[2-9CFGHJKMPQRVWX]{3}$'),
    constraint incidents_version_check check (version >= 1),
    constraint incidents_state_check check (state in ('new', 'open', 'closed')),
    constraint incidents_risk_check check (risk in ('unassessed', 'low', 'medium', 'high', 'emergency')),
    constraint incidents_narrative_check check (btrim(narrative) <> ''),
    constraint incidents_parents_informed_check
        check (parents_informed in ('not_said', 'yes', 'no', 'not_yet', 'not_needed')),
    constraint incidents_parents_reason_check check (parents_informed <> 'no' or btrim(parents_reason) <> ''),
    constraint incidents_happened_precision_check check (
        case happened_precision
            when 'unknown' then happened_from is null and happened_until is null
            when 'minute' then happened_from is not null and happened_until is null
            when 'day' then happened_from is not null and happened_until is null
            when 'period' then num_nonnulls(happened_from, happened_until) = 2
                and happened_until >= happened_from
            when 'about' then btrim(happened_words) <> ''
            else false
        end
    ),
    constraint incidents_acknowledged_check check ((state = 'new') = (acknowledged_at is null)),
    constraint incidents_closed_check check (
        case when state = 'closed' then
            closed_at is not null and btrim(closing_summary) <> '' and btrim(closing_follow_up) <> ''
            and btrim(closing_decision) <> '' and btrim(closing_outcome) <> ''
            and num_nonnulls(closing_summary, closing_follow_up, closing_decision, closing_outcome) = 4
        else
            num_nonnulls(closed_at, closed_by, closing_summary, closing_follow_up, closing_decision,
                         closing_outcome) = 0
        end
    )
)
"""

PEOPLE = """
create table public.incident_people (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    position integer not null,
    role text not null,
    kind text not null,
    connection text,
    name text not null,
    group_name text not null default '',
    notes text not null default '',
    removed_at timestamptz,
    constraint incident_people_pkey primary key (organisation_id, id),
    constraint incident_people_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint incident_people_role_check
        check (role in ('affected', 'alleged', 'witness', 'reporter', 'other')),
    constraint incident_people_kind_check check (kind in ('child', 'adult', 'unknown')),
    constraint incident_people_name_check check (btrim(name) <> '')
)
"""

ENTRIES = """
create table public.entries (
    organisation_id uuid not null,
    id uuid not null,
    incident_id uuid not null,
    kind text not null,
    version integer not null default 1,
    written_at timestamptz not null,
    author_id uuid,
    author_name text not null,
    words text not null default '',
    reason text not null default '',
    supersedes_id uuid,
    action_id uuid,
    owner_id uuid,
    owner_name text not null default '',
    due_on date,
    done_at timestamptz,
    contact text,
    contact_name text not null default '',
    contact_reference text not null default '',
    risk_before text,
    risk_after text,
    changes jsonb not null default '[]',
    follow_up text not null default '',
    decision text not null default '',
    outcome text not null default '',
    shared boolean not null default false,
    constraint entries_pkey primary key (organisation_id, id),
    constraint entries_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint entries_author_fkey foreign key (organisation_id, author_id)
        references public.memberships (organisation_id, user_id),
    constraint entries_owner_fkey foreign key (organisation_id, owner_id)
        references public.memberships (organisation_id, user_id),
    constraint entries_supersedes_fkey foreign key (organisation_id, supersedes_id)
        references public.entries (organisation_id, id),
    constraint entries_action_fkey foreign key (organisation_id, action_id)
        references public.entries (organisation_id, id),
    constraint entries_supersedes_key unique (organisation_id, supersedes_id),
    constraint entries_version_check check (version >= 1),
    constraint entries_changes_check check (jsonb_typeof(changes) = 'array'),
    constraint entries_done_check check (done_at is null or kind = 'action'),
    constraint entries_kind_check check (
        case kind
            when 'note' then btrim(words) <> ''
            when 'decision' then btrim(words) <> '' and btrim(reason) <> ''
            when 'action' then btrim(words) <> '' and due_on is not null and btrim(owner_name) <> ''
            when 'completion' then btrim(words) <> '' and action_id is not null
            when 'contact' then btrim(words) <> '' and contact is not null
            when 'risk_change' then btrim(reason) <> '' and risk_before <> risk_after
                and num_nonnulls(risk_before, risk_after) = 2
            when 'classification' then changes <> '[]'
            when 'correction' then changes <> '[]'
            when 'acknowledgement' then true
            when 'closing' then btrim(words) <> '' and btrim(follow_up) <> '' and btrim(decision) <> ''
                and btrim(outcome) <> ''
            when 'reopening' then btrim(reason) <> ''
            else false
        end
    )
)
"""

INDEXES = (
    # The list, newest first, and the same for what is still open.
    "create index incidents_list on public.incidents (organisation_id, recorded_at desc, id desc)",
    """create index incidents_open on public.incidents (organisation_id, recorded_at desc, id desc)
       where state <> 'closed'""",
    # The list of closed ones, and of one level of risk: partial, so that recording pays for neither.
    """create index incidents_closed on public.incidents (organisation_id, recorded_at desc, id desc)
       where state = 'closed'""",
    """create index incidents_risk on public.incidents (organisation_id, risk, recorded_at desc, id desc)
       where risk <> 'unassessed'""",
    # What needs a lead today: unread ones by urgency, and open ones by how long nothing has happened in them.
    """create index incidents_unread on public.incidents
       (organisation_id, (case risk when 'emergency' then 0 when 'high' then 1 else 2 end), recorded_at)
       where state = 'new'""",
    "create index incidents_quiet on public.incidents (organisation_id, last_activity_at) where state = 'open'",
    # A reporter's own submissions.
    "create index incidents_own on public.incidents (organisation_id, recorded_by, recorded_at desc, id desc)",
    # Words. fastupdate stays on: without it recording costs more than half of its rate.
    "create index incidents_words on public.incidents using gin (organisation_id, tsv) with (fastupdate = on)",
    "create index incident_people_incident on public.incident_people (organisation_id, incident_id, position)",
    "create index entries_timeline on public.entries (organisation_id, incident_id, written_at, id)",
    "create index entries_completion on public.entries (organisation_id, action_id) where action_id is not null",
    """create index entries_open_actions on public.entries (organisation_id, due_on, id)
       where kind = 'action' and done_at is null""",
)


def upgrade() -> None:
    """Three tables and their indexes."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists btree_gin")  # trusted: the owner of the database may
    for statement in (INCIDENTS, PEOPLE, ENTRIES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """Take the tables away again, with everything in them: for development only."""
    op.execute("set local lock_timeout = '5s'")
    for table in ("entries", "incident_people", "incidents"):
        op.execute(f"drop table public.{table}")
