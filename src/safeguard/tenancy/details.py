"""What an organisation says of itself: its name, where it is, and who outside it approves what needs two people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from safeguard.errors import FieldError
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.reading import one_of

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NAME_LIMIT = 200
EMAIL_LIMIT = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an organisation may change of itself."""

    name: str
    time_zone: str = "Europe/London"
    urn: str = ""
    ukprn: str = ""
    second_person_name: str = ""
    second_person_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation(Details):
    """An organisation to be made. What is said here and not in `Details` is settled for good."""

    kind: str
    slug: str
    nation: str = Nation.ENGLAND
    group: str = ""
    """The slug of the group that it belongs to."""
    same_urn: bool = False
    """Whether a school may be set up again whose URN another organisation here bears already."""


def check_new(new: NewOrganisation) -> Iterator[FieldError]:
    """What needs another look before the organisation can be made."""
    profiles = load_profiles()
    if not SLUG.fullmatch(new.slug):
        yield FieldError("slug", "Use up to 63 small letters, digits and hyphens, such as alder-school.")
    if new.nation not in list(Nation):
        yield FieldError("nation", f"Write {one_of(list(Nation))}.")
    if new.kind not in profiles:
        yield FieldError("kind", f"There is no such kind of organisation. Write {one_of(list(profiles))}.")
        return
    if new.kind == "group" and new.group:
        yield FieldError("parent", "A group cannot belong to another group.")
    yield from check(new, profiles[new.kind])


def check(details: Details, profile: Profile) -> Iterator[FieldError]:
    """What needs another look in an organisation's details."""
    if not details.name.strip():
        yield FieldError("name", "Give the organisation's name.")
    elif len(details.name) > NAME_LIMIT:
        yield FieldError("name", f"The name is too long: the most is {NAME_LIMIT} characters.")
    if details.time_zone not in available_timezones():
        yield FieldError("time_zone", "Write a time zone such as Europe/London.")
    yield from _identifiers(details, profile)
    yield from _second_person(details)


def _identifiers(details: Details, profile: Profile) -> Iterator[FieldError]:
    for code in ("urn", "ukprn"):
        value, identifier = getattr(details, code), profile.identifiers.get(code)
        if value and identifier is None:
            yield FieldError(code, f"Only a school has a {code.upper()}. Leave it empty.")
        elif value and identifier and not re.fullmatch(identifier.pattern, value):
            yield FieldError(code, identifier.problem)


def _second_person(details: Details) -> Iterator[FieldError]:
    name, email = details.second_person_name.strip(), details.second_person_email.strip()
    if name and not email:
        yield FieldError("second_person_email", "Give an email address for the outside second person as well.")
    if email and not name:
        yield FieldError("second_person_name", "Give the outside second person's name as well.")
    if len(name) > NAME_LIMIT:
        yield FieldError("second_person_name", f"The name is too long: the most is {NAME_LIMIT} characters.")
    if email and (len(email) > EMAIL_LIMIT or not EMAIL.fullmatch(email)):
        yield FieldError("second_person_email", "Write an email address such as chair@example.org.")
