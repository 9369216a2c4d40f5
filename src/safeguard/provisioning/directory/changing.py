"""Bodies of requests as resources: what is added, what replaces, what a PATCH makes of what there is."""

from typing import Any, Final, TypeVar

import msgspec
from scim2_models import Context, PatchOp, Resource

from safeguard.provisioning.directory.listing import check_bounds
from safeguard.provisioning.directory.people import Held, tag_of
from safeguard.provisioning.directory.refusals import InvalidSyntax, Stale, TooMany, understood
from safeguard.provisioning.directory.resources import POLICY

T = TypeVar("T", bound=Resource[Any])

MOST_OPERATIONS: Final = 1_000


def read(body: bytes) -> dict[str, Any]:
    """The body, which is an object of JSON."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as fault:
        raise InvalidSyntax("Send an object of JSON.") from fault


def added(model: type[T], body: bytes) -> T:
    """A resource that is to be."""
    with understood():
        return model.model_validate(read(body), scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)


def replaced(model: type[T], body: bytes, held: Held[T]) -> T:
    """What there is, replaced."""
    with understood():
        wanted = model.model_validate(
            read(body), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
        )  # fmt: skip
        wanted.replace(held.resource)
        return wanted


def patched(model: type[T], body: bytes, held: Held[T]) -> T:
    """What there is, with the changes of a PATCH (RFC 7644 §3.5.2)."""
    said = read(body)
    _check_operations(said)
    with understood():
        change = PatchOp[model].model_validate(said, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
        wanted = held.resource.model_copy(deep=True)
        change.patch(wanted, scim_policy=POLICY)
        return wanted


def check_match(header: str | None, held: Held[Any]) -> None:
    """Raise `Stale` when the directory means another version than there is (RFC 7644 §3.14)."""
    if header and header.strip() != "*" and tag_of(held.version) not in [one.strip() for one in header.split(",")]:
        raise Stale


def _check_operations(said: dict[str, Any]) -> None:
    listed: Any = next((value for name, value in said.items() if name.lower() == "operations"), ())
    if not isinstance(listed, list):
        return
    operations: list[Any] = listed
    if len(operations) > MOST_OPERATIONS:
        raise TooMany(f"A PATCH has up to {MOST_OPERATIONS} operations.")
    for one in operations:
        if isinstance(one, dict):
            check_bounds(str(one.get("path") or ""))
