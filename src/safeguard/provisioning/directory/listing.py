"""Lists, filtered, sorted and in pages (RFC 7644 §3.4.2).

A filter is parsed and bounded, and looked at here: nothing of it reaches the database but one value that is compared
with. What directories ask all day - one person by name or by their own id - is one look-up; any other filter is held
against everybody, up to a few thousand.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from scim2_models import Context, ListResponse, Resource, ScimFilter, SearchRequest
from scim2_models.path.expressions import Comparison

from safeguard.provisioning.directory import people
from safeguard.provisioning.directory.people import group_of, id_of, person_of
from safeguard.provisioning.directory.refusals import InvalidFilter, TooMany, understood
from safeguard.provisioning.directory.resources import MOST_AT_ONCE, POLICY, Both, Group, User
from safeguard.work import Work

T = TypeVar("T", bound=Resource[Any])

LONGEST: Final = 1_000
"""Characters of a filter."""
DEEPEST: Final = 20
"""Opening brackets in one."""
MOST: Final = 5_000
"""Resources that a filter is held against."""
NAMES: Final = frozenset({"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes"})


def asked_of(model: type[T], given: Mapping[str, Any]) -> SearchRequest[T]:
    """What is asked for; raises `InvalidFilter` and its like."""
    wanted = {name: value for name, value in given.items() if name in NAMES}
    check_bounds(str(wanted.get("filter") or ""))
    with understood():
        return SearchRequest[model].model_validate(wanted, scim_policy=POLICY)


def check_bounds(text: str) -> None:
    """Raise `InvalidFilter` for what is longer or deeper than any question that a directory has."""
    if len(text) > LONGEST or text.count("(") + text.count("[") > DEEPEST:
        raise InvalidFilter(f"A filter has up to {LONGEST} characters and {DEEPEST} brackets.")


async def list_users(work: Work, asked: SearchRequest[User]) -> dict[str, Any]:
    """A page of people."""
    if asked.filter is None and asked.sort_by is None:
        total = await work.driver.fetchval(people.COUNT_PEOPLE) or 0
        rows = await work.driver.fetch(people.PEOPLE, _count(asked), _start(asked) - 1)
        return answer(User, [person_of(row).resource for row in rows], asked, total)
    rows = await _few(work, asked.filter) if asked.filter else None
    if rows is None:
        rows = _bounded(await work.driver.fetch(people.PEOPLE, MOST + 1, 0))
    return chosen(User, [person_of(row).resource for row in rows], asked)


async def list_groups(work: Work, asked: SearchRequest[Group]) -> dict[str, Any]:
    """A page of groups; there are never many."""
    rows = _bounded(await work.driver.fetch(people.GROUPS, MOST + 1, 0))
    return chosen(Group, [group_of(row).resource for row in rows], asked)


async def list_both(work: Work, asked: SearchRequest[Any]) -> dict[str, Any]:
    """A page of people and groups."""
    users = _bounded(await work.driver.fetch(people.PEOPLE, MOST + 1, 0))
    groups = _bounded(await work.driver.fetch(people.GROUPS, MOST + 1, 0))
    found = [*(person_of(row).resource for row in users), *(group_of(row).resource for row in groups)]
    return chosen(Both, found, asked)


def chosen(model: type[T], found: Sequence[T], asked: SearchRequest[T]) -> dict[str, Any]:
    """The page of those that fit."""
    with understood():
        fitting = [one for one in found if asked.filter is None or asked.filter.match(one)]
        ordered = asked.sort(fitting)
    start = _start(asked) - 1
    return answer(model, ordered[start : start + _count(asked)], asked, len(ordered))


def answer(model: type[T], page: Sequence[T], asked: SearchRequest[T], total: int) -> dict[str, Any]:
    """The page as it is sent."""
    told = ListResponse[model](
        total_results=total, start_index=_start(asked), items_per_page=len(page), resources=list(page)
    )
    return told.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)


async def _few(work: Work, wanted: ScimFilter[User]) -> Sequence[Any] | None:
    """Whoever one comparison can mean; None when the filter says more than that."""
    ast = wanted.ast
    if not isinstance(ast, Comparison) or str(ast.op) != "eq" or not isinstance(ast.value, str):
        return None
    if "\0" in ast.value:
        return []
    match str(ast.attr_path).lower():
        case "username":
            return await work.driver.fetch(people.BY_NAME, ast.value)
        case "externalid":
            return await work.driver.fetch(people.BY_EXTERNAL, ast.value)
        case "id":
            return await work.driver.fetch(people.PERSON, id_of(ast.value))
        case _:
            return None


def _bounded(rows: Sequence[Any]) -> Sequence[Any]:
    if len(rows) > MOST:
        raise TooMany(f"There are more than {MOST}: ask for one by userName or externalId, or page without a filter.")
    return rows


def _start(asked: SearchRequest[Any]) -> int:
    return min(asked.start_index or 1, 2**31)


def _count(asked: SearchRequest[Any]) -> int:
    return MOST_AT_ONCE if asked.count is None else min(asked.count, MOST_AT_ONCE)
