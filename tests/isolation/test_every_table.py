"""Whatever hangs on an incident is hidden with it: no table may be forgotten, today's or tomorrow's."""

import asyncpg
import pytest
from sqlalchemy import Uuid

from safeguard.database.bootstrap import Addresses
from safeguard.database.registry import registry

pytestmark = pytest.mark.anyio

HANGING = """
select c.oid::regclass::text as name from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'incident_id' and not a.attisdropped
where c.relkind = 'r' order by 1
"""
BY_ANOTHER_NAME = {"entries.linked_id": "app_link_not_hidden", "improvements.origin_id": "app_not_hidden"}
"""Columns that name an incident and are not called so, and what hides their rows."""
OF_ANYTHING = frozenset({
    "access_items.source_id", "disposals.subject_id", "idempotency.object_id", "jobs.job.subject_id",
    "notices.subject_id", "outbox.about_id", "proposals.subject_id", "record_holds.other_id",
    "webhook_deliveries.subject_id",
})  # fmt: skip
"""Ids of whatever it may be: hidden by a column beside them, by `sec.hidden_objects()`, or read by nobody's page."""
OF_NO_INCIDENT = frozenset({
    "audit.actors.user_id", "broken_glass.approval_id", "channel_inbox.other_id", "channel_inbox.subject_id",
    "channel_outbox.other_id", "channel_outbox.subject_id", "channel_pairs.other_id", "group_figures.member_id",
    "helpline_files.sent_id", "idempotency.actor_id", "idempotency.request_id", "incoming_transfers.person_id",
    "incoming_transfers.sender_id", "inspection_openings.pack_id", "involved_people.person_id",
    "involvement_changes.person_id", "looked_back.reached_id", "packs.review_id", "public_reports.arrival_id",
    "received_signals.signal_id", "referrals.helpline_id", "transfers.other_id", "transfers.outbox_id",
    "transfers.person_id",
})  # fmt: skip
CONDITION = """
select qual from pg_policies
where schemaname = 'public' and tablename = $1 and policyname = $2 and permissive = 'RESTRICTIVE' and cmd = 'ALL'
"""
HIDDEN = """
select tablename::text as name from pg_policies
where policyname in ('app_not_hidden', 'app_in_vault') and permissive = 'RESTRICTIVE' and cmd in ('ALL', 'SELECT')
"""
BY_THE_APP = "select has_any_column_privilege('safeguard_app', $1::text::regclass, 'select')"


async def test_every_table_that_names_an_incident_hides_with_it(addresses: Addresses) -> None:
    owner = await asyncpg.connect(addresses.owner)
    try:
        hanging = [row["name"] for row in await owner.fetch(HANGING)]
        hidden = {row["name"] for row in await owner.fetch(HIDDEN)}
        readable = [name for name in hanging if await owner.fetchval(BY_THE_APP, name)]
    finally:
        await owner.close()
    assert "entries" in readable
    assert [name for name in readable if name not in hidden] == []


def called_otherwise() -> set[str]:
    """Columns with an id of which the database does not say of what, or says that it is an incident's."""
    found: set[str] = set()
    for table in registry().tables.values():
        tied = {column.name for key in table.foreign_key_constraints for column in key.columns}
        points = {
            pair.parent.name
            for key in table.foreign_key_constraints if key.referred_table.name == "incidents"
            for pair in key.elements
        }  # fmt: skip
        ids = {column.name for column in table.columns if isinstance(column.type, Uuid) and column.name[-3:] == "_id"}
        names = (points & ids | ids - tied) - {"organisation_id", "incident_id"}
        found |= {f"{table.fullname}.{name}" for name in names}
    return found


async def test_an_incident_that_is_named_by_another_name_hides_what_names_it(addresses: Addresses) -> None:
    """A new column with an id of its own meaning is to be put on one of the lists, by somebody who thought of it."""
    assert called_otherwise() == set(BY_ANOTHER_NAME) | OF_ANYTHING | OF_NO_INCIDENT
    owner = await asyncpg.connect(addresses.owner)
    try:
        for named, policy in BY_ANOTHER_NAME.items():
            table, _, column = named.partition(".")
            condition = str(await owner.fetchval(CONDITION, table, policy))
            assert column in condition
            assert "sec.hidden_incidents()" in condition
    finally:
        await owner.close()
