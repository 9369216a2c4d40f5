"""How an organisation comes into being, and how its own details change.

It is made `setting_up` and becomes `active` when its lead has joined and an outside second person is named: some acts
need two people, and a tiny organisation must never be stuck for want of the second (they approve by a link and see no
record). The first invitation is made in the same transaction by a callable, because who people are is known upstairs.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.tenancy.delivering import deliver
from safeguard.tenancy.details import Details, NewOrganisation, check, check_new
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import load_profiles
from safeguard.work import Work, begin

T = TypeVar("T")
First = Callable[[Work, Profile], Awaitable[T]]
"""What else happens in the transaction that makes an organisation: the first invitation."""

LOGS = ("general", "restricted")
COMMITTED = (
    "name", "kind", "nation", "time_zone", "urn", "ukprn", "state", "second_person_name", "second_person_email",
)  # fmt: skip

INSERT = """
insert into public.organisations
    (id, slug, name, kind, nation, time_zone, urn, ukprn, parent_id, second_person_name, second_person_email,
     created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
returning *
"""
CREATE_LOG = "select audit.create_log($1, $2, $3, $4, $5, $6, $7)"
FIND_GROUP = "select id, choices::text as choices from public.find_group($1)"
WITH_URN = "select name, slug from public.find_by_urn($1)"
CHANGE = """
update public.organisations
set name = $2, time_zone = $3, urn = $4, ukprn = $5, second_person_name = $6, second_person_email = $7,
    version = version + 1
where id = $1 and version = $8
returning *
"""
ACTIVATE = """
update public.organisations set state = 'active', version = version + 1
where id = $1 and state = 'setting_up' and second_person_email is not null and exists (
    select from public.memberships m
    where m.organisation_id = $1 and m.state = 'active' and 'lead' = any (m.roles))
returning *
"""


async def create_organisation(
    new: NewOrganisation, first: First[T], *, dated: datetime | None = None
) -> tuple[UUID, T]:
    """Make an organisation, its two logs and whatever `first` does, in one transaction: its id, and what that gave.

    Raises `Invalid` for details that need another look, `Conflict` for a slug that somebody has, and for a URN.
    """
    if errors := tuple(check_new(new)):
        raise Invalid(*errors, detail=" ".join(f"{error.field}: {error.message}" for error in errors))
    organisation_id, profile = clock.new_id(), load_profiles()[new.kind].at(new.nation)
    async with begin(system(organisation_id), purpose="provision", dated=dated) as work:
        if new.urn and not new.same_urn:
            await _refuse_urn(work, new.urn)
        group_id, choices = await _find_group(work, new.group)
        row = await _insert(work, new, group_id)
        for log in LOGS:
            await _create_log(work, log)
        work.record("organisation.created", organisation_id, document=_document(row))
        await deliver(work, choices)
        return organisation_id, await first(work, profile)


async def change_details(work: Work, details: Details, seen: int) -> None:
    """Change what the organisation says of itself, if nobody changed it since version `seen`."""
    work.require(Permission.SETTINGS_MANAGE)
    if errors := tuple(check(details, await own_profile(work))):
        raise Invalid(*errors)
    row = await work.driver.fetchrow(CHANGE, work.organisation_id, *_columns(details), seen)
    if row is None:
        raise Conflict("Somebody else changed these details while you had them open. Look at them, then decide.")
    work.record("organisation.changed", work.organisation_id, document=_document(row))
    await activate_when_ready(work)


async def activate_when_ready(work: Work) -> bool:
    """Open an organisation that was being set up, once it has a lead and an outside second person."""
    row = await work.driver.fetchrow(ACTIVATE, work.organisation_id)
    if row is not None:
        work.record("organisation.changed", work.organisation_id, document=_document(row))
    return row is not None


async def _refuse_urn(work: Work, urn: str) -> None:
    """A school is set up once. Only here, where whoever runs the service asks: elsewhere it would tell who else is."""
    if others := await work.driver.fetch(WITH_URN, urn):
        named = ", ".join(f"“{row['name']}” ({row['slug']})" for row in others)
        raise Conflict(
            f"A school with the URN {urn} is set up here already: {named}. Its people use that one. If there must be"
            " another with the same number, say so with --same-urn."
        )


async def _find_group(work: Work, slug: str) -> tuple[UUID | None, Mapping[str, Any]]:
    if not slug:
        return None, {}
    row = await work.driver.fetchrow(FIND_GROUP, slug)
    if row is None:
        raise Invalid(FieldError("parent", "There is no such group."), detail=f"There is no group “{slug[:63]}”.")
    return row["id"], json.loads(row["choices"])


async def _insert(work: Work, new: NewOrganisation, group_id: UUID | None) -> Any:
    name, time_zone, urn, ukprn, second_name, second_email = _columns(new)
    try:
        return await work.driver.fetchrow(
            INSERT, work.organisation_id, new.slug, name, new.kind, new.nation, time_zone, urn, ukprn, group_id,
            second_name, second_email, work.now(),
        )  # fmt: skip
    except asyncpg.UniqueViolationError as taken:
        raise Conflict(f"There is already an organisation “{new.slug}”. Choose another slug.") from taken


def _columns(details: Details) -> tuple[str | None, ...]:
    return (
        details.name.strip(), details.time_zone, details.urn or None, details.ukprn or None,
        details.second_person_name.strip() or None, details.second_person_email.strip().lower() or None,
    )  # fmt: skip


async def _create_log(work: Work, log: str) -> None:
    await work.driver.execute(
        CREATE_LOG, log, clock.new_id(), clock.random_bytes(16).hex(), work.request_id, _base64(16), _base64(32),
        work.dated,
    )  # fmt: skip


def _document(row: Any) -> Document:
    fields: dict[str, JSONValue] = {name: row[name] for name in COMMITTED}
    return Document("organisation", row["id"], row["version"], fields)


def _base64(size: int) -> str:
    return base64.b64encode(clock.random_bytes(size)).decode()
