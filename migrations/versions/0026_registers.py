"""Registers that standards ask for: policies and who read them, training, filtering and monitoring, committees."""

from alembic import op

revision = "0026_registers"
down_revision = "0025_workday"
branch_labels = None
depends_on = None

KEY = """
    organisation_id uuid not null references public.organisations (id),
    id uuid not null,"""


def recorded(table: str) -> str:
    """Who wrote a row and when, and the key that leads with the organisation."""
    return f"""
    recorded_at timestamptz not null,
    recorded_by uuid,
    recorded_by_name text not null,
    constraint {table}_pkey primary key (organisation_id, id),
    constraint {table}_recorded_by_fkey foreign key (organisation_id, recorded_by)
        references public.memberships (organisation_id, user_id)"""


def item(table: str) -> str:
    """The item of evidence that a row is kept as."""
    return f"""
    constraint {table}_item_fkey foreign key (organisation_id, item_id)
        references public.evidence_items (organisation_id, id)"""


POLICIES = f"""
create table public.policies ({KEY}
    kind text not null,
    title text not null,
    readers text[] not null default '{{}}',
    parties text[] not null default '{{}}',
    item_id uuid,
    edition integer not null default 1,
    version integer not null default 1,
    withdrawn_at timestamptz,
    withdrawn_reason text not null default '',{recorded("policies")},{item("policies")},
    constraint policies_kind_check check (kind in ('policy', 'agreement'))
);
create index policies_list on public.policies (organisation_id, kind, title, id);
create table public.policy_editions ({KEY}
    policy_id uuid not null,
    number integer not null,
    summary text not null default '',
    words text not null default '',
    kept_at text not null default '',
    effective_on date not null,
    read_by date not null,
    renew_on date not null,
    lasts_months integer,{recorded("policy_editions")},
    constraint policy_editions_policy_fkey foreign key (organisation_id, policy_id)
        references public.policies (organisation_id, id),
    constraint policy_editions_number_key unique (organisation_id, policy_id, number),
    constraint policy_editions_lasts_check check (lasts_months between 1 and 120)
);
create table public.policy_readings ({KEY}
    policy_id uuid not null,
    edition integer not null,
    user_id uuid not null,
    name text not null,
    read_at timestamptz not null,
    constraint policy_readings_pkey primary key (organisation_id, id),
    constraint policy_readings_edition_fkey foreign key (organisation_id, policy_id, edition)
        references public.policy_editions (organisation_id, policy_id, number),
    constraint policy_readings_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint policy_readings_once_key unique (organisation_id, policy_id, edition, user_id)
);
create index policy_readings_user on public.policy_readings (organisation_id, user_id, policy_id);
create table public.agreement_links ({KEY}
    policy_id uuid not null,
    token_hash bytea not null,
    many boolean not null,
    party text not null,
    name text not null default '',
    expires_at timestamptz not null,
    used_at timestamptz,
    ended_at timestamptz,{recorded("agreement_links")},
    constraint agreement_links_policy_fkey foreign key (organisation_id, policy_id)
        references public.policies (organisation_id, id),
    constraint agreement_links_token_key unique (organisation_id, token_hash)
);
create index agreement_links_list on public.agreement_links (organisation_id, policy_id, recorded_at desc);
create table public.agreement_signatures ({KEY}
    policy_id uuid not null,
    edition integer not null,
    party text not null,
    name text not null,
    for_name text not null default '',
    way text not null,
    user_id uuid,
    signed_on date not null,
    expires_on date,
    ended_at timestamptz,
    ended_reason text not null default '',{recorded("agreement_signatures")},
    constraint agreement_signatures_edition_fkey foreign key (organisation_id, policy_id, edition)
        references public.policy_editions (organisation_id, policy_id, number),
    constraint agreement_signatures_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint agreement_signatures_party_check check (party in ('staff', 'pupil', 'visitor', 'family')),
    constraint agreement_signatures_way_check check (way in ('account', 'link', 'device', 'paper'))
);
create index agreement_signatures_list
    on public.agreement_signatures (organisation_id, policy_id, recorded_at desc, id desc);
create index agreement_signatures_user on public.agreement_signatures (organisation_id, user_id, policy_id);
"""

TRAINING = f"""
create table public.learning_events ({KEY}
    title text not null,
    audiences text[] not null,
    held_on date not null,
    provider text not null default '',
    words text not null default '',
    lasts_months integer,
    headcount integer,
    item_id uuid,{recorded("learning_events")},{item("learning_events")},
    constraint learning_events_lasts_check check (lasts_months between 1 and 120),
    constraint learning_events_headcount_check check (headcount between 0 and 100000)
);
create index learning_events_list on public.learning_events (organisation_id, held_on desc, id desc);
create table public.learning_records ({KEY}
    event_id uuid not null,
    audience text not null,
    user_id uuid,
    name text not null,
    outcome text not null,
    expires_on date,
    ended_at timestamptz,{recorded("learning_records")},
    constraint learning_records_event_fkey foreign key (organisation_id, event_id)
        references public.learning_events (organisation_id, id),
    constraint learning_records_user_fkey foreign key (organisation_id, user_id)
        references public.memberships (organisation_id, user_id),
    constraint learning_records_outcome_check check (outcome in ('attended', 'completed', 'certified', 'missed'))
);
create index learning_records_event on public.learning_records (organisation_id, event_id, recorded_at, id);
create index learning_records_user on public.learning_records (organisation_id, user_id);
"""

FILTERING = f"""
create table public.filtering_systems ({KEY}
    kind text not null,
    name text not null,
    approach text not null,
    stance text not null,
    covers text not null default '',
    provider text not null default '',
    version integer not null default 1,
    ended_on date,{recorded("filtering_systems")},
    constraint filtering_systems_kind_check check (kind in ('filtering', 'monitoring')),
    constraint filtering_systems_approach_check check (approach in ('physical', 'supervisory', 'technical')),
    constraint filtering_systems_stance_check check (stance in ('proactive', 'reactive', 'both'))
);
create table public.filtering_blocks ({KEY}
    what text not null,
    why text not null,
    applies_to text not null default '',
    since date not null,
    ended_on date,
    ended_reason text not null default '',{recorded("filtering_blocks")}
);
create table public.filtering_checks ({KEY}
    system_id uuid,
    checked_on date not null,
    checked_by text not null,
    device text not null,
    user_group text not null,
    tested text not null,
    result text not null,
    done text not null default '',{recorded("filtering_checks")},
    constraint filtering_checks_system_fkey foreign key (organisation_id, system_id)
        references public.filtering_systems (organisation_id, id),
    constraint filtering_checks_result_check check (result in ('passed', 'failed', 'unclear'))
);
create index filtering_checks_list on public.filtering_checks (organisation_id, checked_on desc, id desc);
create table public.filtering_people ({KEY}
    part text not null,
    name text not null,{recorded("filtering_people")},
    constraint filtering_people_part_check check (part in ('senior_lead', 'governor'))
);
create index filtering_people_list on public.filtering_people (organisation_id, part, recorded_at desc);
create table public.filtering_reviews ({KEY}
    reviewed_on date not null,
    due_on date not null,
    took_part text not null,
    found text not null,
    changes text not null default '',
    item_id uuid,{recorded("filtering_reviews")},{item("filtering_reviews")}
);
create index filtering_reviews_list on public.filtering_reviews (organisation_id, reviewed_on desc, id desc);
"""

COMMITTEE = f"""
create table public.committees ({KEY}
    name text not null,
    remit text not null,
    meets text not null default '',
    version integer not null default 1,{recorded("committees")},
    constraint committees_one_key unique (organisation_id)
);
create table public.committee_members ({KEY}
    name text not null,
    part text not null default '',
    is_child boolean not null default false,
    joined_on date not null,
    left_on date,{recorded("committee_members")}
);
create table public.committee_meetings ({KEY}
    held_on date not null,
    present text not null,
    minutes text not null,
    item_id uuid,{recorded("committee_meetings")},{item("committee_meetings")}
);
create index committee_meetings_list on public.committee_meetings (organisation_id, held_on desc, id desc);
create table public.meeting_actions ({KEY}
    meeting_id uuid not null,
    improvement_id uuid not null,{recorded("meeting_actions")},
    constraint meeting_actions_meeting_fkey foreign key (organisation_id, meeting_id)
        references public.committee_meetings (organisation_id, id),
    constraint meeting_actions_improvement_fkey foreign key (organisation_id, improvement_id)
        references public.improvements (organisation_id, id)
);
create index meeting_actions_meeting on public.meeting_actions (organisation_id, meeting_id);
"""

VOICE = f"""
create table public.voice_sessions ({KEY}
    way text not null,
    title text not null,
    held_on date not null,
    asked text not null default '',
    voices integer,
    said text not null,
    done text not null default '',
    item_id uuid,{recorded("voice_sessions")},{item("voice_sessions")},
    constraint voice_sessions_way_check check (way in ('survey', 'session', 'council', 'other')),
    constraint voice_sessions_voices_check check (voices between 0 and 100000)
);
create index voice_sessions_list on public.voice_sessions (organisation_id, held_on desc, id desc);
create table public.impact_assessments ({KEY}
    kind text not null,
    title text not null,
    changed_on date not null,
    framework text not null,
    control text not null,
    measure text not null,
    months integer not null,
    expected text not null,
    verdict text not null default '',
    words text not null default '',
    judged_at timestamptz,
    version integer not null default 1,
    item_id uuid,{recorded("impact_assessments")},{item("impact_assessments")},
    constraint impact_assessments_kind_check check (kind in ('policy', 'practice', 'procedure')),
    constraint impact_assessments_months_check check (months in (3, 6, 12)),
    constraint impact_assessments_verdict_check check (verdict in ('', 'helped', 'no_change', 'worse', 'too_early'))
);
create index impact_assessments_list on public.impact_assessments (organisation_id, changed_on desc, id desc);
"""


def upgrade() -> None:
    """Empty tables: nothing is locked that anybody uses."""
    op.execute("set local lock_timeout = '5s'")
    for statement in (POLICIES, TRAINING, FILTERING, COMMITTEE, VOICE):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
