"""What we keep of a directory's people and groups, and what we say of ourselves (RFC 7643 §4 to 7).

Less than SCIM knows, and nothing that we do not use: a directory sends telephone numbers and managers as well, and
what has no place here is dropped unread.
"""

from typing import Annotated, Any, ClassVar, Final

from pydantic import Field
from scim2_models import (
    URI,
    CaseExact,
    ComplexAttribute,
    Mutability,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Uniqueness,
)
from scim2_models.urn import URN

MOST_AT_ONCE: Final = 200
"""Resources in one page of a list."""


class Name(ComplexAttribute):
    """What somebody is called."""

    formatted: str | None = None
    given_name: str | None = None
    family_name: str | None = None


class Email(ComplexAttribute):
    """An address of theirs. Any text: what can be written to is decided where it is used."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class Membership(ComplexAttribute):
    """A group that they are in."""

    value: Annotated[str | None, Mutability.read_only] = None
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):
    """Somebody who belongs to the organisation."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None

    Name: ClassVar[type[ComplexAttribute]] = Name
    Emails: ClassVar[type[ComplexAttribute]] = Email
    Groups: ClassVar[type[ComplexAttribute]] = Membership


class Member(ComplexAttribute):
    """Somebody in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group of the directory. What it stands for here is said on our own page, never by the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[Member] | None = None

    Members: ClassVar[type[ComplexAttribute]] = Member


Both: Final[Any] = User | Group
"""What a search over everything finds."""

POLICY: Final = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What directories do beside the standard, as they are: attributes that we do not know, a removal by its value."""


def _supports(**more: Any) -> dict[str, Any]:
    return {"supported": True, **more}


CONFIG: Final = ServiceProviderConfig.model_validate(
    {
        "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
        "patch": _supports(),
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": _supports(maxResults=MOST_AT_ONCE),
        "changePassword": {"supported": False},
        "sort": _supports(),
        "etag": _supports(),
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The token that was shown when the directory was connected.",
                "primary": True,
            }
        ],
    }
)


def _type(model: type[Resource[Any]], words: str) -> ResourceType:
    made = ResourceType.from_resource(model)
    made.description = words
    made.endpoint = Reference[URI](f"/{made.name}s")
    return made


SERVICE: Final = ScimProvider(
    models=[User, Group],
    resource_types=[
        _type(User, "Somebody who belongs to the organisation"),
        _type(Group, "A group of the directory, which may stand for a role"),
    ],
    config=CONFIG,
    policy=POLICY,
)
