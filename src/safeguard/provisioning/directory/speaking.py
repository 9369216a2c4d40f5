"""What SCIM 2.0 asks and hears, address by address (routes.py): /Users, /Groups, and what we say of ourselves."""

from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.response import Response
from scim2_models import Context, ListResponse, Resource, ResourceType, Schema

from safeguard.errors import NotFound
from safeguard.provisioning.directory import changing, grouping, joining, listing
from safeguard.provisioning.directory.addresses import BASE
from safeguard.provisioning.directory.people import Held, get_group, get_person, tag_of
from safeguard.provisioning.directory.resources import SERVICE, Both, Group, User
from safeguard.web import exchange, surroundings
from safeguard.work import Work

SCIM: Final = "application/scim+json"

T = TypeVar("T", bound=Resource[Any])
Asked = Request[Any, Any, Any]


async def list_users(request: Asked, work: Work) -> Response[bytes]:
    """Everybody whom the directory keeps here, or those who fit."""
    return _told(await listing.list_users(work, listing.asked_of(User, _query(request))))


async def add_user(request: Asked, work: Work) -> Response[bytes]:
    """Somebody joins."""
    return _shown(request, User, await joining.join(work, changing.added(User, _body())), 201)


async def search_users(work: Work) -> Response[bytes]:
    """The list, asked for in a body: what would be too long, or too telling, for an address."""
    return _told(await listing.list_users(work, listing.asked_of(User, changing.read(_body()))))


async def show_user(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """One person."""
    return _shown(request, User, await get_person(work, resource))


async def replace_user(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """Everything about them, anew."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    user = changing.replaced(User, _body(), held)
    if user.active is None and not held.is_active:
        user.active = False  # whoever is out comes back by a word, and not by its absence
    return _shown(request, User, await joining.change(work, held, user))


async def change_user(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """Something about them."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, User, await joining.change(work, held, changing.patched(User, _body(), held)))


async def remove_user(request: Asked, work: Work, resource: str) -> None:
    """They are gone."""
    held = await get_person(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    await joining.remove(work, held)


async def list_groups(request: Asked, work: Work) -> Response[bytes]:
    """The directory's groups, or those that fit."""
    return _told(await listing.list_groups(work, listing.asked_of(Group, _query(request))))


async def add_group(request: Asked, work: Work) -> Response[bytes]:
    """Another group."""
    return _shown(request, Group, await grouping.add_group(work, changing.added(Group, _body())), 201)


async def search_groups(work: Work) -> Response[bytes]:
    """The list, asked for in a body."""
    return _told(await listing.list_groups(work, listing.asked_of(Group, changing.read(_body()))))


async def show_group(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """One group."""
    return _shown(request, Group, await get_group(work, resource))


async def replace_group(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """Everything about it, anew."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, Group, await grouping.change_group(work, held, changing.replaced(Group, _body(), held)))


async def change_group(request: Asked, work: Work, resource: str) -> Response[bytes]:
    """Something about it, most often who is in it."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    return _shown(request, Group, await grouping.change_group(work, held, changing.patched(Group, _body(), held)))


async def remove_group(request: Asked, work: Work, resource: str) -> None:
    """The group is gone."""
    held = await get_group(work, resource, to_change=True)
    changing.check_match(request.headers.get("if-match"), held)
    await grouping.remove_group(work, held)


async def search(work: Work) -> Response[bytes]:
    """People and groups at once."""
    return _told(await listing.list_both(work, listing.asked_of(Both, changing.read(_body()))))


async def show_config(work: Work) -> Response[bytes]:
    """What of SCIM we do."""
    assert SERVICE.config is not None  # noqa: S101  it is given one
    return _told(_described(SERVICE.config, "ServiceProviderConfig", "ServiceProviderConfig"))


async def list_types(work: Work) -> Response[bytes]:
    """People and groups."""
    return _listed([_type(one) for one in SERVICE.resource_types])


async def show_type(work: Work, name: str) -> Response[bytes]:
    """One of the two."""
    return _told(_one([_type(one) for one in SERVICE.resource_types if one.id == name]))


async def list_schemas(work: Work) -> Response[bytes]:
    """What we keep of each."""
    return _listed([_schema(one) for one in SERVICE.schemas])


async def show_schema(work: Work, name: str) -> Response[bytes]:
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
