"""Choosing a setting, and taking the choice back: each a new version, and an entry in the log.

What a group chooses becomes, by a job, a row in each of its organisations: they may still choose otherwise.
"""

import json
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.registry import REVIEWED_WITHIN, Setting, settings_of
from safeguard.tenancy.values import Chosen
from safeguard.work import Work

GROUP = "group"
FIND = """
select id, version from public.organisation_settings
where organisation_id = $1 and layer = $2 and name = $3 for update
"""
INSERT = """
insert into public.organisation_settings
    (organisation_id, layer, name, id, value, version, changed_at, changed_by, changed_by_name)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9)
on conflict (organisation_id, name, layer) do nothing returning id
"""
UPDATE = """
update public.organisation_settings
set value = $5::jsonb, version = $6, changed_at = $7, changed_by = $8, changed_by_name = $9
where organisation_id = $1 and layer = $2 and name = $3 and id = $4 returning id
"""


async def change_setting(work: Work, name: str, typed: str, seen: int) -> Setting:
    """Choose what was typed for a setting whose own version, when the page was opened, was `seen` (0: never chosen)."""
    work.require(Permission.SETTINGS_MANAGE)
    setting = await find_setting(work, name)
    await _keep(work, "organisation", name, setting.read(typed), seen)
    await _tell_organisations(work)
    return setting


async def reset_setting(work: Work, name: str, seen: int) -> Setting:
    """Take the organisation's own choice back: what its group, its kind or the service says holds again."""
    work.require(Permission.SETTINGS_MANAGE)
    if not seen:
        raise Invalid(FieldError("value", "There is nothing to take back: this setting was never changed here."))
    setting = await find_setting(work, name)
    await _keep(work, "organisation", name, None, seen)
    await _tell_organisations(work)
    return setting


async def receive_group_setting(work: Work, name: str, value: Chosen | None) -> None:
    """Put what the group chose beneath the organisation's own choice. What this kind cannot hold is passed over."""
    setting = settings_of(await own_profile(work)).get(name)
    if setting is None or (value is not None and not setting.takes(value)):
        return
    row = await work.driver.fetchrow(FIND, work.organisation_id, "group", name)
    await _keep(work, "group", name, value, row["version"] if row else 0)


async def find_setting(work: Work, name: str) -> Setting:
    """The setting of that name for this kind of organisation, or `NotFound`."""
    setting = settings_of(await own_profile(work)).get(name)
    if setting is None:
        raise NotFound
    return setting


async def _keep(work: Work, layer: str, name: str, value: Chosen | None, seen: int) -> None:
    row = await work.driver.fetchrow(FIND, work.organisation_id, layer, name)
    if (row["version"] if row else 0) != seen:
        raise Conflict("Somebody else changed this setting while you had it open. Look at what it is now, then decide.")
    object_id: UUID = row["id"] if row else clock.new_id()
    written = None if value is None else json.dumps(value)
    values = (work.organisation_id, layer, name, object_id, written, seen + 1, work.now(), *_author(work))
    if await work.driver.fetchval(UPDATE if row else INSERT, *values) is None:
        raise Conflict
    content: JSONValue = [*value] if isinstance(value, list) else value
    fields: dict[str, JSONValue] = {"layer": layer, "name": name, "value": content}
    work.record("settings.changed", object_id, document=Document("settings", object_id, seen + 1, fields))
    if name == REVIEWED_WITHIN:
        work.ask("notice.rhythm_changed", work.organisation_id)


def _author(work: Work) -> tuple[UUID | None, str]:
    return work.actor.user_id, work.actor.name


async def _tell_organisations(work: Work) -> None:
    """What a group chooses is carried to its organisations by a job; others have nobody to tell."""
    if (await own_profile(work)).kind == GROUP:
        work.ask("settings.deliver", work.organisation_id)
