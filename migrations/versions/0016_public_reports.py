"""Reports by the public page: who may come back to which record with which code, and what waits to be looked at first.

What was written is an incident or a concern like every other; here is only what ties a receipt to it. Answers and what
comes back are entries of a kind of their own: `message`.
"""

from alembic import op

revision = "0016_public_reports"
down_revision = "0015_search"
branch_labels = None
depends_on = None

REPORTS = """
create table public.public_reports (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    code_hash bytea not null,
    visitor bytea not null,
    kept_at timestamptz not null,
    language text not null,
    state text not null,
    incident_id uuid,
    concern_id uuid,
    arrival_id uuid,
    held_for text,
    held_words text not null default '',
    looked_at timestamptz,
    looked_by uuid,
    looked_by_name text not null default '',
    reason text not null default '',
    constraint public_reports_pkey primary key (organisation_id, id),
    constraint public_reports_code_key unique (organisation_id, code_hash),
    constraint public_reports_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint public_reports_concern_fkey foreign key (organisation_id, concern_id)
        references public.concerns (organisation_id, id),
    constraint public_reports_looked_by_fkey foreign key (organisation_id, looked_by)
        references public.memberships (organisation_id, user_id),
    constraint public_reports_language_check check (language in ('en_GB', 'cy')),
    constraint public_reports_state_check check (
        case state
            when 'open' then num_nonnulls(incident_id, concern_id) = 1 and arrival_id is not null
            when 'held' then num_nonnulls(incident_id, concern_id) = 0 and held_for is not null
                and btrim(held_words) <> ''
            when 'set_aside' then num_nonnulls(incident_id, concern_id) = 0 and held_for is not null
                and looked_at is not null and btrim(reason) <> ''
            else false
        end
    ),
    constraint public_reports_held_check check (held_for in ('many', 'again', 'quick', 'trap'))
)
"""

DOORS = """
create table public.public_doors (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    address text not null,
    made_at timestamptz not null,
    made_by uuid,
    closed_at timestamptz,
    constraint public_doors_pkey primary key (organisation_id, id),
    constraint public_doors_made_by_fkey foreign key (organisation_id, made_by)
        references public.memberships (organisation_id, user_id),
    constraint public_doors_address_check check (length(address) >= 22)
)
"""

INDEXES = (
    "create index public_reports_pace on public.public_reports (organisation_id, kept_at)",
    "create index public_reports_incident on public.public_reports (organisation_id, incident_id)",
    "create index public_reports_concern on public.public_reports (organisation_id, concern_id)",
    """create index public_reports_held on public.public_reports (organisation_id, kept_at, id)
       where state = 'held'""",
    "create index public_doors_by_address on public.public_doors (address) where closed_at is null",
    """create unique index public_doors_open on public.public_doors (organisation_id) where closed_at is null""",
)

KINDS = (
    """-- squawk-ignore ban-drop-constraint
       alter table public.entries drop constraint entries_kind_check""",
    """alter table public.entries add constraint entries_kind_check check (
    case kind
        when 'note' then btrim(words) <> ''
        when 'decision' then btrim(words) <> '' and btrim(reason) <> '' and (referral is null or contact is not null)
        when 'action' then btrim(words) <> '' and due_on is not null and btrim(owner_name) <> ''
        when 'completion' then btrim(words) <> '' and action_id is not null
        when 'contact' then btrim(words) <> '' and contact is not null
        when 'answer' then btrim(words) <> '' and action_id is not null
        when 'message' then btrim(words) <> ''
        when 'informing' then contact is not null and informed in ('yes', 'no', 'not_yet', 'not_needed')
            and num_nonnulls(contact, informed) = 2 and (informed <> 'no' or btrim(reason) <> '')
        when 'person_outcome' then btrim(words) <> '' and num_nonnulls(person_id, result) = 2
        when 'plan' then btrim(words) <> '' and num_nonnulls(person_id, due_on) = 2
        when 'support' then btrim(words) <> '' and person_id is not null
        when 'lesson' then btrim(words) <> ''
        when 'review' then btrim(words) <> '' and btrim(attendees) <> ''
        when 'link' then linked_id is not null and linked_id <> incident_id and btrim(linked_reference) <> ''
        when 'unlinking' then action_id is not null and btrim(linked_reference) <> ''
        when 'assignment' then true
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
) not valid""",
    """-- squawk-ignore ban-drop-constraint
       alter table public.concern_entries drop constraint concern_entries_kind_check""",
    """alter table public.concern_entries add constraint concern_entries_kind_check check (
    case kind
        when 'note' then btrim(words) <> ''
        when 'message' then btrim(words) <> ''
        when 'received' then true
        when 'decision' then btrim(words) <> '' and btrim(reason) <> ''
        when 'contact' then btrim(words) <> '' and contact is not null and contacted_at is not null
        when 'told' then btrim(words) <> ''
        when 'closing' then btrim(words) <> '' and btrim(reason) <> ''
        when 'reopening' then btrim(reason) <> ''
        else false
    end
) not valid""",
)


def upgrade() -> None:
    """The tables, and the kind of entry that a conversation is made of."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (REPORTS, DOORS, *INDEXES, *KINDS):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
