"""What an organisation adds to the standards: editions of frameworks of its own, and controls of its own in any.

An edition is never changed: a review names the one that it was made with, and goes on showing it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.framework import Control, Framework, Objective
from safeguard.standards.frameworks import framework_of, in_words, load_frameworks, offered
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.reading import Problems, read
from safeguard.work import Work

_HERE: Final = "organisation_id = (select sec.current_organisation())"
LATEST: Final = f"""
select distinct on (f.code) f.body from public.own_frameworks f
where f.{_HERE} order by f.code, f.imported_at desc, f.id
"""  # noqa: S608  our own constants
ENDED: Final = f"""
select f.code from public.own_frameworks f where f.{_HERE} group by f.code having bool_and(f.ended_at is not null)
"""  # noqa: S608  our own constants
EDITION: Final = f"""
select f.body from public.own_frameworks f where f.{_HERE} and f.code = $1 and ($2::text is null or f.edition = $2)
order by f.imported_at desc, f.id limit 1
"""  # noqa: S608  our own constants
EDITIONS: Final = f"""
select f.code, f.edition, f.name, f.controls, f.imported_at, f.imported_by_name from public.own_frameworks f
where f.{_HERE} order by f.imported_at desc, f.id
"""  # noqa: S608  our own constants
GONE: Final = f"""
select * from (
    select distinct on (f.code, c ->> 'code') f.code, c ->> 'code' as control,
        format('%s (%s, %s)', c ->> 'name', f.name, f.edition) as name
    from public.own_frameworks f cross join json_array_elements(f.body::json -> 'controls') c
    where f.{_HERE} and f.code = any ($1) and c ->> 'code' = any ($2)
    order by f.code, c ->> 'code', f.imported_at desc) imported
union all
select c.framework, c.code, c.name from public.own_controls c
where c.{_HERE} and c.framework = any ($1) and c.code = any ($2)
"""  # noqa: S608  our own constants
CONTROLS: Final = f"""
select c.id, c.framework, c.code, c.objective, c.name, c.levels, c.added_at, c.ended_at from public.own_controls c
where c.{_HERE} order by c.added_at, c.id
"""  # noqa: S608  our own constants


ELSEWHERE: Final = Objective("elsewhere", "Elsewhere", aim="Controls of our own whose part is not in this edition")


class Edition(msgspec.Struct, frozen=True):
    """One edition of a framework of one's own."""

    code: str
    edition: str
    name: str
    controls: int
    imported_at: datetime
    imported_by_name: str


class Added(msgspec.Struct, frozen=True):
    """A control that the organisation added."""

    id: UUID
    framework: str
    code: str
    objective: str
    name: str
    levels: tuple[str, ...]
    added_at: datetime
    ended_at: datetime | None = None

    def stood(self, at: datetime | None) -> bool:
        """Whether it was asked at that moment; None: now."""
        return (
            self.ended_at is None
            if at is None
            else self.added_at <= at < (self.ended_at or datetime.max.replace(tzinfo=UTC))
        )


async def known_frameworks(work: Work, profile: Profile) -> tuple[Framework, ...]:
    """What this organisation may review itself against: what its kind is offered, then its own, in its words."""
    work.require(Permission.STANDARDS_READ)
    bodies = [row["body"] for row in await work.driver.fetch(LATEST)]
    own = [in_words(framework_from(body), profile) for body in bodies]
    added = await list_added(work)
    return tuple(with_added(framework, added) for framework in (*offered(profile), *own))


async def current_frameworks(work: Work, profile: Profile) -> tuple[Framework, ...]:
    """Those of `known_frameworks` that may be chosen for something new: an ended one is offered no more."""
    ended = await ended_frameworks(work)
    return tuple(each for each in await known_frameworks(work, profile) if each.code not in ended)


async def ended_frameworks(work: Work) -> frozenset[str]:
    """The codes of the standards of one's own that are offered no more."""
    work.require(Permission.STANDARDS_READ)
    return frozenset(row["code"] for row in await work.driver.fetch(ENDED))


async def known_framework(work: Work, code: str, profile: Profile, edition: str | None = None) -> Framework:
    """The framework of that code, in the edition that is asked for where there are several; raises `NotFound`."""
    return with_added(await bare_framework(work, code, profile, edition), await list_added(work))


async def bare_framework(work: Work, code: str, profile: Profile, edition: str | None = None) -> Framework:
    """The same without the controls that the organisation added."""
    work.require(Permission.STANDARDS_READ)
    framework = framework_of(code, profile)
    if framework is None:
        body = await work.driver.fetchval(EDITION, code, edition)
        if body is None:
            raise NotFound
        framework = in_words(framework_from(body), profile)
    return framework


async def list_editions(work: Work) -> tuple[Edition, ...]:
    """Every edition of every framework of one's own, the latest first."""
    work.require(Permission.STANDARDS_READ)
    return tuple(Edition(*row) for row in await work.driver.fetch(EDITIONS))


async def list_added(work: Work) -> tuple[Added, ...]:
    """The controls that the organisation added and still asks."""
    return tuple(each for each in await list_ever_added(work) if each.stood(None))


async def list_ever_added(work: Work) -> tuple[Added, ...]:
    """The controls that the organisation added, and those that it asks no more."""
    return tuple(
        Added(
            row["id"], row["framework"], row["code"], row["objective"], row["name"], tuple(row["levels"]),
            row["added_at"], row["ended_at"],
        )
        for row in await work.driver.fetch(CONTROLS)
    )  # fmt: skip


async def names_of_gone(work: Work, gone: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """What controls that are in no standard any more were called, and in which edition the last time."""
    if not gone:
        return {}
    rows = await work.driver.fetch(GONE, [framework for framework, _ in gone], [control for _, control in gone])
    return {(row[0], row[1]): row[2] for row in rows if (row[0], row[1]) in gone}


def with_added(framework: Framework, added: Iterable[Added]) -> Framework:
    """The framework with what was added to it; a control whose levels do not fit its scale is left out.

    What was added to a part that this edition does not have stands under a last one, so that it can be judged or ended.
    """
    parts = {each.code for each in framework.objectives}
    own = tuple(
        Control(code=each.code, objective=each.objective if each.objective in parts else ELSEWHERE.code,
                name=each.name, levels=each.levels)
        for each in added
        if each.framework == framework.code and len(each.levels) == len(framework.levels)
    )  # fmt: skip
    if any(control.objective == ELSEWHERE.code for control in own) and ELSEWHERE.code not in parts:
        framework = replace(framework, objectives=(*framework.objectives, ELSEWHERE))
    return replace(framework, controls=framework.controls + own) if own else framework


def built_in(code: str) -> bool:
    """Whether this is a framework of the service, in every organisation."""
    return code in load_frameworks()


def body_of(tree: Mapping[str, object]) -> str:
    """A framework as it is kept."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def framework_from(body: str) -> Framework:
    """A framework that was kept; it was checked before it was."""
    framework = read(Framework, json.loads(body), (), Problems())
    if framework is None:
        raise RuntimeError("a framework was kept that cannot be read")
    return framework
