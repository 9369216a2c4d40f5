"""Files that go with a referral: at whoever refers which of them were chosen, at the helpline its own copies.

Two records with nothing in common but an id that was made for the two of them, as with everything in the channel.
"""

from alembic import op

revision = "0061_enclosures"
down_revision = "0060_lead"
branch_labels = None
depends_on = None

CHOSEN = """
create table public.referral_files (
    organisation_id uuid not null,
    id uuid not null,
    referral_id uuid not null,
    incident_id uuid not null,
    incident_blocks boolean not null default false,
    attachment_id uuid not null,
    state text not null default 'waiting',
    fault text not null default '',
    version integer not null default 1,
    object_name text,
    outbox_id uuid,
    changed_at timestamptz not null,
    constraint referral_files_pkey primary key (organisation_id, id),
    constraint referral_files_referral_fkey foreign key (organisation_id, referral_id)
        references public.referrals (organisation_id, id),
    -- As with the files themselves (0012_attachments): none points at an incident of a blocked type, unless it was kept
    -- back or locked first. When an incident becomes of such a type the change comes through here.
    constraint referral_files_incident_fkey foreign key (organisation_id, incident_id, incident_blocks)
        references public.incidents (organisation_id, id, blocks_attachments) on update cascade,
    constraint referral_files_blocked_check check (not incident_blocks or state in ('dropped', 'refused', 'locked')),
    constraint referral_files_attachment_fkey foreign key (organisation_id, incident_id, attachment_id)
        references public.attachments (organisation_id, incident_id, id),
    constraint referral_files_outbox_fkey foreign key (organisation_id, outbox_id)
        references public.channel_outbox (organisation_id, id),
    constraint referral_files_once_key unique (organisation_id, referral_id, attachment_id),
    constraint referral_files_version_check check (version >= 1),
    constraint referral_files_state_check check (
        state in ('waiting', 'sent', 'taken', 'refused', 'dropped', 'locked')),
    constraint referral_files_sent_check check (state not in ('sent', 'taken') or outbox_id is not null)
);
create index referral_files_incident on public.referral_files (organisation_id, incident_id);
"""

KEPT = """
create table public.helpline_files (
    organisation_id uuid not null,
    id uuid not null,
    case_id uuid not null,
    sent_id uuid not null,
    name text not null,
    media_type text not null,
    size bigint not null,
    sha256 bytea not null,
    attested text not null default '',
    state text not null default 'expected',
    fault text not null default '',
    finding text not null default '',
    scanner text not null default '',
    scanned_at timestamptz,
    announced_at timestamptz not null,
    arrived_at timestamptz,
    carried_key bytea,
    object_name text,
    wrapped_key bytea,
    locked_at timestamptz,
    locked_why text,
    version integer not null default 1,
    constraint helpline_files_pkey primary key (organisation_id, id),
    constraint helpline_files_case_fkey foreign key (organisation_id, case_id)
        references public.helpline_cases (organisation_id, id),
    constraint helpline_files_once_key unique (organisation_id, case_id, sent_id),
    constraint helpline_files_object_key unique (organisation_id, object_name),
    constraint helpline_files_size_check check (size > 0),
    constraint helpline_files_sha256_check check (length(sha256) = 32),
    constraint helpline_files_version_check check (version >= 1),
    constraint helpline_files_state_check check (
        case
            when state in ('expected', 'arriving', 'refused', 'dropped') then scanned_at is null
            when state = 'waiting' then wrapped_key is not null and object_name is not null and scanned_at is null
            when state = 'clean' then wrapped_key is not null and object_name is not null and scanned_at is not null
            when state = 'infected' then wrapped_key is not null and scanned_at is not null and finding <> ''
            else false
        end
    ),
    constraint helpline_files_locked_check check (
        num_nonnulls(locked_at, locked_why) in (0, 2)
        and (locked_why is null or locked_why in ('found', 'reclassified', 'sender')))
);
create index helpline_files_case on public.helpline_files (organisation_id, case_id, announced_at, id);
"""


def upgrade() -> None:
    """The two tables, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(CHOSEN)
    op.execute(KEPT)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
