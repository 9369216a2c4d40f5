"""A risk may be confirmed as it is: an entry with its reason, and the same risk before and after.

The rule of what each kind of entry needs is changed where it says so, and not written down anew: other migrations add
kinds to it, and what they added stays.
"""

from alembic import op

revision = "0032_speed"
down_revision = "0031_inspection"
branch_labels = None
depends_on = None

CONFIRMED = """
do $$
declare
    rule text := (
        select pg_get_constraintdef(c.oid) from pg_constraint c
        where c.conrelid = 'public.entries'::regclass and c.conname = 'entries_kind_check');
    reworded text := replace(rule, ' AND (risk_before <> risk_after)', '');
begin
    if reworded is null or reworded = rule then
        raise exception 'the rule for entries does not say what it said: %', rule;
    end if;
    alter table public.entries drop constraint entries_kind_check;
    execute 'alter table public.entries add constraint entries_kind_check ' || reworded
        || case when reworded like '% NOT VALID' then '' else ' not valid' end;
end
$$
"""


def upgrade() -> None:
    """The rule for a change of risk asks for the reason, and for both ends of it, which may be the same."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(CONFIRMED)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
