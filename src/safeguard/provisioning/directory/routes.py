"""The addresses of SCIM 2.0: /Users, /Groups, and what we say of ourselves.

What answers at them (speaking.py) is imported at the first request: the library of SCIM makes its models while it is
imported, a quarter of what the whole service does when it starts, and most organisations have no directory.
"""

from typing import Any, Final

from anyio.to_thread import run_sync
from litestar import Request, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.provisioning.directory.addresses import BASE
from safeguard.work import Work

MAY: Final = Permission.ACCOUNTS_PROVISION
USERS: Final = f"{BASE}/Users"
GROUPS: Final = f"{BASE}/Groups"

Asked = Request[Any, Any, Any]


async def _scim() -> Any:
    return await run_sync(_imported)


def _imported() -> Any:
    from safeguard.provisioning.directory import speaking  # noqa: PLC0415  as said above

    return speaking


@get(USERS, permission=MAY)
async def list_users(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Everybody whom the directory keeps here, or those who fit."""
    return await (await _scim()).list_users(request, work)


@post(USERS, permission=MAY, status_code=201)
async def add_user(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Somebody joins."""
    return await (await _scim()).add_user(request, work)


@post(f"{USERS}/.search", permission=MAY, status_code=200)
async def search_users(work: NamedDependency[Work]) -> Response[bytes]:
    """The list, asked for in a body: what would be too long, or too telling, for an address."""
    return await (await _scim()).search_users(work)


@get(f"{USERS}/{{resource:str}}", permission=MAY)
async def show_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """One person."""
    return await (await _scim()).show_user(request, work, resource)


@put(f"{USERS}/{{resource:str}}", permission=MAY)
async def replace_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Everything about them, anew."""
    return await (await _scim()).replace_user(request, work, resource)


@patch(f"{USERS}/{{resource:str}}", permission=MAY)
async def change_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Something about them."""
    return await (await _scim()).change_user(request, work, resource)


@delete(f"{USERS}/{{resource:str}}", permission=MAY, status_code=204)
async def remove_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> None:
    """They are gone."""
    await (await _scim()).remove_user(request, work, resource)


@get(GROUPS, permission=MAY)
async def list_groups(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """The directory's groups, or those that fit."""
    return await (await _scim()).list_groups(request, work)


@post(GROUPS, permission=MAY, status_code=201)
async def add_group(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Another group."""
    return await (await _scim()).add_group(request, work)


@post(f"{GROUPS}/.search", permission=MAY, status_code=200)
async def search_groups(work: NamedDependency[Work]) -> Response[bytes]:
    """The list, asked for in a body."""
    return await (await _scim()).search_groups(work)


@get(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def show_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """One group."""
    return await (await _scim()).show_group(request, work, resource)


@put(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def replace_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Everything about it, anew."""
    return await (await _scim()).replace_group(request, work, resource)


@patch(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def change_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Something about it, most often who is in it."""
    return await (await _scim()).change_group(request, work, resource)


@delete(f"{GROUPS}/{{resource:str}}", permission=MAY, status_code=204)
async def remove_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> None:
    """The group is gone."""
    await (await _scim()).remove_group(request, work, resource)


@post(f"{BASE}/.search", permission=MAY, status_code=200)
async def search(work: NamedDependency[Work]) -> Response[bytes]:
    """People and groups at once."""
    return await (await _scim()).search(work)


@get(f"{BASE}/ServiceProviderConfig", permission=MAY)
async def show_config(work: NamedDependency[Work]) -> Response[bytes]:
    """What of SCIM we do."""
    return await (await _scim()).show_config(work)


@get(f"{BASE}/ResourceTypes", permission=MAY)
async def list_types(work: NamedDependency[Work]) -> Response[bytes]:
    """People and groups."""
    return await (await _scim()).list_types(work)


@get(f"{BASE}/ResourceTypes/{{name:str}}", permission=MAY)
async def show_type(work: NamedDependency[Work], name: FromPath[str]) -> Response[bytes]:
    """One of the two."""
    return await (await _scim()).show_type(work, name)


@get(f"{BASE}/Schemas", permission=MAY)
async def list_schemas(work: NamedDependency[Work]) -> Response[bytes]:
    """What we keep of each."""
    return await (await _scim()).list_schemas(work)


@get(f"{BASE}/Schemas/{{name:str}}", permission=MAY)
async def show_schema(work: NamedDependency[Work], name: FromPath[str]) -> Response[bytes]:
    """What we keep of one of the two."""
    return await (await _scim()).show_schema(work, name)


ROUTES: Final = [
    list_users, add_user, search_users, show_user, replace_user, change_user, remove_user,
    list_groups, add_group, search_groups, show_group, replace_group, change_group, remove_group,
    search, show_config, list_types, show_type, list_schemas, show_schema,
]  # fmt: skip
