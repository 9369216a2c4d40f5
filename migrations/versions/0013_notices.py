"""Notices: what somebody is told, how they want to be told, and the mail that waits to be sent.

A notice names no person and no category: it holds the event and the id of what it is about, and whoever opens it is
asked for their rights there. The mail that goes with it holds less still: a sentence and a link.
"""

from alembic import op

revision = "0013_notices"
down_revision = "0012_attachments"
branch_labels = None
depends_on = None

NOTICES = """
create table public.notices (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    recipient_id uuid not null,
    event text not null,
    subject_id uuid not null,
    incident_id uuid,
    key text not null,
    created_at timestamptz not null,
    read_at timestamptz,
    constraint notices_pkey primary key (organisation_id, id),
    constraint notices_once_key unique (organisation_id, recipient_id, key),
    constraint notices_recipient_fkey foreign key (organisation_id, recipient_id)
        references public.memberships (organisation_id, user_id),
    constraint notices_incident_fkey foreign key (organisation_id, incident_id)
        references public.incidents (organisation_id, id),
    constraint notices_event_check check (event ~ '^[a-z_]+[.][a-z_]+$')
);
create index notices_inbox on public.notices (organisation_id, recipient_id, created_at desc, id desc);
create index notices_unread on public.notices (organisation_id, recipient_id) where read_at is null;
create index notices_incident on public.notices (organisation_id, incident_id);
"""

CHOICES = """
create table public.notice_choices (
    organisation_id uuid not null references public.organisations (id),
    user_id uuid not null,
    duty text not null default 'each',
    tasks text not null default 'each',
    updates text not null default 'each',
    quiet_from time,
    quiet_until time,
    version integer not null default 1,
    changed_at timestamptz not null,
    constraint notice_choices_pkey primary key (organisation_id, user_id),
    constraint notice_choices_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint notice_choices_duty_check check (duty in ('each', 'digest')),
    constraint notice_choices_tasks_check check (tasks in ('each', 'digest', 'none')),
    constraint notice_choices_updates_check check (updates in ('each', 'digest', 'none')),
    constraint notice_choices_quiet_check check ((quiet_from is null) = (quiet_until is null))
);
"""

OUTBOX = """
create table public.outbox (
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,
    recipient_id uuid,
    address text,
    template text not null,
    notice_id uuid,
    secret text,
    key text not null,
    state text not null default 'queued',
    attempts integer not null default 0,
    fault text,
    created_at timestamptz not null,
    sent_at timestamptz,
    constraint outbox_pkey primary key (organisation_id, id),
    constraint outbox_once_key unique (organisation_id, key),
    constraint outbox_recipient_fkey foreign key (organisation_id, recipient_id)
        references public.memberships (organisation_id, user_id),
    constraint outbox_notice_fkey foreign key (organisation_id, notice_id)
        references public.notices (organisation_id, id),
    constraint outbox_to_check check (num_nonnulls(recipient_id, address) = 1),
    constraint outbox_address_check check (address = lower(address) and length(address) between 3 and 254),
    constraint outbox_template_check check (template ~ '^[a-z_]+$'),
    constraint outbox_secret_check check (length(secret) <= 4000),
    constraint outbox_state_check check (state in ('queued', 'sent', 'refused', 'stopped', 'kept'))
);
create index outbox_notice on public.outbox (organisation_id, notice_id) where notice_id is not null;
"""


def upgrade() -> None:
    """Make the three tables."""
    op.execute("set local lock_timeout = '5s'")
    for part in (NOTICES, CHOICES, OUTBOX):
        op.execute(part)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
