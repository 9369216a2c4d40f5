"""Themes: what practitioners code cases by, beside their issues. A case may have several; a supervisor opens them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.helpline.case import Case, case_document
from safeguard.helpline.writing import refuse_second
from safeguard.work import Work

LIST: Final = """
select t.id, t.name, t.describes, t.state, t.version, t.opened_at, t.opened_by_name,
    (select count(*) from public.helpline_cases c
        where c.organisation_id = t.organisation_id and t.id = any (c.themes))::int as cases
from public.helpline_themes t where t.organisation_id = (select sec.current_organisation())
order by t.state, t.name, t.id limit 200
"""
OPEN: Final = """
insert into public.helpline_themes (organisation_id, id, name, describes, opened_at, opened_by, opened_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, name) do nothing
"""
RETIRE: Final = """
update public.helpline_themes t set state = 'retired', version = t.version + 1
where t.organisation_id = (select sec.current_organisation()) and t.id = $1 and t.state = 'active'
returning t.name, t.describes, t.version
"""
CODE: Final = """
update public.helpline_cases c set themes = $3, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """One theme, and how many cases are coded by it."""

    id: UUID
    name: str
    describes: str = ""
    state: str = "active"
    version: int = 1
    opened_at: datetime
    opened_by_name: str
    cases: int = 0


async def list_themes(work: Work) -> tuple[Theme, ...]:
    """Every theme, those in use first."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(Theme(**dict(row)) for row in await work.driver.fetch(LIST))


async def name_themes(work: Work) -> Mapping[str, str]:
    """Id -> name, as figures need it."""
    return {str(theme.id): theme.name for theme in await list_themes(work)}


async def open_theme(work: Work, name: str, describes: str) -> UUID:
    """Open a theme; raises `Invalid` where there is one of that name. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    theme_id, now = clock.new_id(), work.now()
    done = await work.driver.execute(OPEN, theme_id, name, describes, now, work.actor.user_id, work.actor.name)
    if done != "INSERT 0 1":
        raise Invalid(FieldError("name", "There is a theme of this name. Code cases by that one."))
    work.record("theme.opened", theme_id, document=_document(theme_id, 1, name, describes, "active"))
    return theme_id


async def retire_theme(work: Work, theme_id: UUID) -> None:
    """No further case is coded by it; those that are stay so. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    row = await work.driver.fetchrow(RETIRE, theme_id)
    if row is None:
        raise NotFound
    document = _document(theme_id, row["version"], row["name"], row["describes"], "retired")
    work.record("theme.retired", theme_id, document=document)


async def code_case(work: Work, before: Case, themes: tuple[UUID, ...], seen: int) -> Case:
    """Say by which themes a case is coded; raises `Invalid` for one that is not in use, `Conflict` for a late comer."""
    work.require(Permission.HELPLINE_WORK)
    in_use = {theme.id for theme in await list_themes(work) if theme.state == "active"}
    if not set(themes) <= in_use | set(before.themes):
        raise Invalid(FieldError("themes", "Choose from the themes on the page."))
    if before.version != seen:
        raise Conflict
    case = msgspec.structs.replace(before, themes=themes, version=seen + 1)
    refuse_second(await work.driver.execute(CODE, case.id, seen, list(themes)))
    work.record("case.changed", case.id, document=case_document(case))
    return case


def known_theme(said: str) -> UUID:
    """The id that a form names; raises `Invalid` for what is none."""
    try:
        return UUID(said)
    except ValueError:
        raise Invalid(FieldError("themes", "Choose from the themes on the page.")) from None


def _document(theme_id: UUID, version: int, name: str, describes: str, state: str) -> Document:
    return Document("theme", theme_id, version, {"name": name, "describes": describes, "state": state})
