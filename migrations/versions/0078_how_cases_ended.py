"""How cases ended, as a code that is counted: at the desk, and as whoever referred a case said it themselves.

Of those that were closed before, the state in which a case stood last says it, where that is how a case ends. What is
not known stays empty: what was said of it in words cannot be made a code of.
"""

from alembic import op

revision = "0078_how_cases_ended"
down_revision = "0077_own_questions"
branch_labels = None
depends_on = None

CODES = "('', 'resolved', 'not_upheld', 'advice_given', 'signposted', 'no_answer', 'other')"
ORDER = """array['draft', 'submitted', 'acknowledged', 'triaged', 'awaiting_referrer', 'advice_given', 'signposted',
    'escalated', 'platform_responded', 'resolved', 'not_upheld']"""
STATEMENTS = (
    "set local lock_timeout = '5s'",
    f"""
    alter table public.helpline_cases
        add column ending text not null default '',
        add column referrer_ending text not null default '',
        add constraint helpline_cases_ending_check check (ending in {CODES}) not valid,
        add constraint helpline_cases_referrer_ending_check
            check (referrer_ending in {CODES}) not valid
    """,
    f"""
    update public.helpline_cases c set ending = stood.state
    from (
        select distinct on (e.organisation_id, e.case_id) e.organisation_id, e.case_id, e.state
        from public.helpline_entries e
        where e.kind = 'state' and e.state not in ('closed', 'withdrawn', 'declined')
        order by e.organisation_id, e.case_id, e.written_at desc, array_position({ORDER}, e.state) desc
    ) stood
    where stood.organisation_id = c.organisation_id and stood.case_id = c.id and c.state = 'closed'
        and stood.state in ('resolved', 'not_upheld', 'advice_given', 'signposted')
    """,
)


def upgrade() -> None:
    """Two columns, and what the earlier states say of the first."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
