"""Saying no to a directory: the reasons of RFC 7644 §3.12, table 9, as refusals of our own."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from scim2_models import Error, SCIMException

from safeguard.errors import DomainError


class ScimRefusal(DomainError):
    """The directory asked for something that cannot be done; its code is the `scimType`."""

    title = "The directory's request was refused"


class InvalidValue(ScimRefusal):
    """A value is missing or is none that is taken."""

    code = "invalidValue"


class InvalidSyntax(ScimRefusal):
    """The body is not what the request needs."""

    code = "invalidSyntax"


class InvalidFilter(ScimRefusal):
    """The filter cannot be read."""

    code = "invalidFilter"


class InvalidPath(ScimRefusal):
    """The path of a change names nothing that there is."""

    code = "invalidPath"


class NoTarget(ScimRefusal):
    """The path of a change selects nothing."""

    code = "noTarget"


class Mutability(ScimRefusal):
    """What is read-only was to be changed."""

    code = "mutability"


class TooMany(ScimRefusal):
    """The filter selects from more than is looked through at once."""

    code = "tooMany"


class Uniqueness(ScimRefusal):
    """Somebody or something else bears this name."""

    status = 409
    code = "uniqueness"


class Stale(ScimRefusal):
    """It was changed since the directory read it."""

    status = 412
    code = "precondition-failed"
    sentence = "It was changed since you read it. Read it again, then change it."


_BY_CODE = {
    kind.code: kind
    for kind in (InvalidValue, InvalidSyntax, InvalidFilter, InvalidPath, NoTarget, Mutability, TooMany, Uniqueness)
}


@contextmanager
def understood() -> Iterator[None]:
    """Whatever the library refuses inside, as a refusal of ours."""
    try:
        yield
    except SCIMException as refusal:
        raise _BY_CODE.get(refusal.scim_type, InvalidValue)(refusal.detail) from refusal
    except ValidationError as refusal:
        told = Error.from_validation_error(refusal.errors()[0])
        raise _BY_CODE.get(told.scim_type or "", InvalidValue)(told.detail or InvalidValue.sentence) from refusal
    except RecursionError as refusal:
        raise InvalidSyntax("This is nested more deeply than any request of ours needs.") from refusal
