"""The addresses of SCIM 2.0: /Users, /Groups, and what we say of ourselves."""

from typing import Any, Final, TypeVar

import msgspec
from litestar import Request, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from scim2_models import Context, ListResponse, Resource, ResourceType, Schema

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.provisioning.directory import changing, grouping, joining, listing
from safeguard.provisioning.directory.people import Held, get_group, get_person, tag_of
from safeguard.provisioning.directory.resources import BASE, SERVICE, Both, Group, User
from safeguard.web import exchange, surroundings
from safeguard.work import Work

SCIM: Final = "application/scim+json"
MAY: Final = Permission.ACCOUNTS_PROVISION
USERS: Final = f"{BASE}/Users"
GROUPS: Final = f"{BASE}/Groups"

T = TypeVar("T", bound=Resource[Any])
Asked = Request[Any, Any, Any]


@get(USERS, permission=MAY)
async def list_users(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Everybody whom the directory keeps here, or those who fit."""
    return _told(await listing.list_users(work, listing.asked_of(User, _query(request))))


@post(USERS, permission=MAY, status_code=201)
async def add_user(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Somebody joins."""
    return _shown(request, User, await joining.join(work, changing.added(User, _body())), 201)


@post(f"{USERS}/.search", permission=MAY, status_code=200)
async def search_users(work: NamedDependency[Work]) -> Response[bytes]:
    """The list, asked for in a body: what would be too long, or too telling, for an address."""
    return _told(await listing.list_users(work, listing.asked_of(User, changing.read(_body()))))


@get(f"{USERS}/{{resource:str}}", permission=MAY)
async def show_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """One person."""
    return _shown(request, User, await get_person(work, resource))


@put(f"{USERS}/{{resource:str}}", permission=MAY)
async def replace_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Everything about them, anew."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    user = changing.replaced(User, _body(), held)
    if user.active is None and not held.is_active:
        user.active = False  # whoever is out comes back by a word, and not by its absence
    return _shown(request, User, await joining.change(work, held, user))


@patch(f"{USERS}/{{resource:str}}", permission=MAY)
async def change_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Something about them."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, User, await joining.change(work, held, changing.patched(User, _body(), held)))


@delete(f"{USERS}/{{resource:str}}", permission=MAY, status_code=204)
async def remove_user(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> None:
    """They are gone."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    await joining.remove(work, held)


@get(GROUPS, permission=MAY)
async def list_groups(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """The directory's groups, or those that fit."""
    return _told(await listing.list_groups(work, listing.asked_of(Group, _query(request))))


@post(GROUPS, permission=MAY, status_code=201)
async def add_group(request: Asked, work: NamedDependency[Work]) -> Response[bytes]:
    """Another group."""
    return _shown(request, Group, await grouping.add_group(work, changing.added(Group, _body())), 201)


@post(f"{GROUPS}/.search", permission=MAY, status_code=200)
async def search_groups(work: NamedDependency[Work]) -> Response[bytes]:
    """The list, asked for in a body."""
    return _told(await listing.list_groups(work, listing.asked_of(Group, changing.read(_body()))))


@get(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def show_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """One group."""
    return _shown(request, Group, await get_group(work, resource))


@put(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def replace_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Everything about it, anew."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, Group, await grouping.change_group(work, held, changing.replaced(Group, _body(), held)))


@patch(f"{GROUPS}/{{resource:str}}", permission=MAY)
async def change_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> Response[bytes]:
    """Something about it, most often who is in it."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, Group, await grouping.change_group(work, held, changing.patched(Group, _body(), held)))


@delete(f"{GROUPS}/{{resource:str}}", permission=MAY, status_code=204)
async def remove_group(request: Asked, work: NamedDependency[Work], resource: FromPath[str]) -> None:
    """The group is gone."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    await grouping.remove_group(work, held)


@post(f"{BASE}/.search", permission=MAY, status_code=200)
async def search(work: NamedDependency[Work]) -> Response[bytes]:
    """People and groups at once."""
    return _told(await listing.list_both(work, listing.asked_of(Both, changing.read(_body()))))


@get(f"{BASE}/ServiceProviderConfig", permission=MAY)
async def show_config(work: NamedDependency[Work]) -> Response[bytes]:
    """What of SCIM we do."""
    assert SERVICE.config is not None  # noqa: S101  it is given one
    return _told(_described(SERVICE.config, "ServiceProviderConfig", "ServiceProviderConfig"))


@get(f"{BASE}/ResourceTypes", permission=MAY)
async def list_types(work: NamedDependency[Work]) -> Response[bytes]:
    """People and groups."""
    return _listed([_type(one) for one in SERVICE.resource_types])


@get(f"{BASE}/ResourceTypes/{{name:str}}", permission=MAY)
async def show_type(work: NamedDependency[Work], name: FromPath[str]) -> Response[bytes]:
    """One of the two."""
    return _told(_one([_type(one) for one in SERVICE.resource_types if one.id == name]))


@get(f"{BASE}/Schemas", permission=MAY)
async def list_schemas(work: NamedDependency[Work]) -> Response[bytes]:
    """What we keep of each."""
    return _listed([_schema(one) for one in SERVICE.schemas])


@get(f"{BASE}/Schemas/{{name:str}}", permission=MAY)
async def show_schema(work: NamedDependency[Work], name: FromPath[str]) -> Response[bytes]:
    """What we keep of one of the two."""
    return _told(_one([_schema(one) for one in SERVICE.schemas if one.id == name]))


def _query(request: Asked) -> dict[str, str]:
    return {name: request.query_params.getall(name)[0] for name in request.query_params}


def _body() -> bytes:
    return exchange.current().body


def _shown(request: Asked, model: type[T], held: Held[T], status: int = 200) -> Response[bytes]:
    """One resource, with the version that it is."""
    given = _query(request)
    wanted = listing.asked_of(model, {name: given[name] for name in given if name.endswith("ttributes")})
    tag = tag_of(held.version)
    if status == 200 and request.method == "GET" and request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={"ETag": tag})
    told = held.resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=wanted)
    location = held.resource.meta.location if held.resource.meta else None
    headers = {"ETag": tag} | ({"Location": str(location)} if status == 201 and location else {})
    return Response(msgspec.json.encode(told), status_code=status, media_type=SCIM, headers=headers)


def _told(told: dict[str, Any]) -> Response[bytes]:
    return Response(msgspec.json.encode(told), media_type=SCIM)


def _listed(found: list[dict[str, Any]]) -> Response[bytes]:
    counts = {"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found)}
    return _told({"schemas": [str(ListResponse.__schema__)], **counts, "Resources": found})


def _one(found: list[dict[str, Any]]) -> dict[str, Any]:
    if not found:
        raise NotFound("There is no such resource here.")
    return found[0]


def _type(one: ResourceType) -> dict[str, Any]:
    return _described(one, "ResourceType", f"ResourceTypes/{one.id}")


def _schema(one: Schema) -> dict[str, Any]:
    return _described(one, "Schema", f"Schemas/{one.id}")


def _described(one: Resource[Any], kind: str, path: str) -> dict[str, Any]:
    base = surroundings.current().public_url.rstrip("/")
    told = one.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return told | {"meta": {"resourceType": kind, "location": f"{base}{BASE}/{path}"}}


ROUTES: Final = [
    list_users, add_user, search_users, show_user, replace_user, change_user, remove_user,
    list_groups, add_group, search_groups, show_group, replace_group, change_group, remove_group,
    search, show_config, list_types, show_type, list_schemas, show_schema,
]  # fmt: skip
