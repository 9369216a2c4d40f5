"""Casework: whose an incident is, and the further kinds of entry that follow it up.

What stands open (an action, an awaited answer, a link) is closed by another entry that names it in `action_id`; its
own `done_at` is set then. What is about one person of the incident names them, with the name as it was at that moment.
"""

from alembic import op

revision = "0009_casework"
down_revision = "0008_people"
branch_labels = None
depends_on = None

# Not validated: no row has ever held anything else, and every new one is checked all the same.
COLUMNS = (
    "alter table public.incidents add column assigned_to uuid, add column assigned_name text not null default ''",
    """alter table public.incidents add constraint incidents_assigned_to_fkey foreign key (organisation_id, assigned_to)
       references public.memberships (organisation_id, user_id) not valid""",
    """alter table public.incidents add constraint incidents_assigned_check
       check (assigned_to is null or state <> 'new') not valid""",
    """alter table public.entries
       add column remind_on date,
       add column took_place_at timestamptz,
       add column awaits_answer boolean not null default false,
       add column referral text,
       add column person_id uuid,
       add column person_position integer,
       add column person_name text not null default '',
       add column result text,
       add column informed text,
       add column attendees text not null default '',
       add column controls text[] not null default '{}',
       add column linked_id uuid,
       add column linked_reference text not null default ''""",
    """alter table public.entries add constraint entries_person_fkey foreign key (organisation_id, person_id)
       references public.incident_people (organisation_id, id) not valid""",
    """alter table public.entries add constraint entries_linked_fkey foreign key (organisation_id, linked_id)
       references public.incidents (organisation_id, id) not valid""",
    """alter table public.entries add constraint entries_referral_check
       check (referral in ('made', 'not_made')) not valid""",
    """alter table public.entries add constraint entries_person_check
       check (num_nonnulls(person_id, person_position) in (0, 2) and (person_id is null or btrim(person_name) <> ''))
       not valid""",
    """-- squawk-ignore ban-drop-constraint
       alter table public.entries drop constraint entries_done_check""",
    """alter table public.entries add constraint entries_done_check
       check (done_at is null or kind in ('action', 'contact', 'link')) not valid""",
    """-- squawk-ignore ban-drop-constraint
       alter table public.entries drop constraint entries_kind_check""",
)

KINDS = """
alter table public.entries add constraint entries_kind_check check (
    case kind
        when 'note' then btrim(words) <> ''
        when 'decision' then btrim(words) <> '' and btrim(reason) <> '' and (referral is null or contact is not null)
        when 'action' then btrim(words) <> '' and due_on is not null and btrim(owner_name) <> ''
        when 'completion' then btrim(words) <> '' and action_id is not null
        when 'contact' then btrim(words) <> '' and contact is not null
        when 'answer' then btrim(words) <> '' and action_id is not null
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
) not valid
"""

RANK = "(case risk when 'emergency' then 0 when 'high' then 1 when 'unassessed' then 2 when 'medium' then 3 else 4 end)"

INDEXES = (
    # The inbox: what nobody handles, and what somebody does. Neither costs anything when a report is recorded.
    f"""-- squawk-ignore require-concurrent-index-creation
       create index incidents_unassigned on public.incidents (organisation_id, {RANK}, recorded_at, id)
       where state = 'open' and assigned_to is null""",
    f"""-- squawk-ignore require-concurrent-index-creation
       create index incidents_assigned on public.incidents (organisation_id, assigned_to, {RANK}, recorded_at, id)
       where state = 'open' and assigned_to is not null""",
    # Whatever has a day: actions, answers that are awaited, plans to look at again.
    """-- squawk-ignore require-concurrent-index-deletion
       drop index public.entries_open_actions""",
    """-- squawk-ignore require-concurrent-index-creation
       create index entries_due on public.entries (organisation_id, due_on, id)
       where due_on is not null and done_at is null""",
    # Two incidents are linked once, whoever says so first.
    """-- squawk-ignore require-concurrent-index-creation
       create unique index entries_link on public.entries (organisation_id, incident_id, linked_id)
       where kind = 'link' and done_at is null""",
    """-- squawk-ignore require-concurrent-index-creation
       create index entries_linked on public.entries (organisation_id, linked_id) where linked_id is not null""",
)


def upgrade() -> None:
    """Columns, kinds and indexes."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (*COLUMNS, KINDS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
