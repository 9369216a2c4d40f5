"""People for tests: invented."""

from datetime import date

from safeguard.people.details import Details
from safeguard.people.person import Contact, Identifier
from safeguard.tenancy.profiles import profile_of

SCHOOL = profile_of("school")

ANA = Details(
    kind="child", given_name="Ana", family_name="Brook", known_as="Annie", former_names=("Ana Hill",),
    born_on=date(2012, 5, 14), connection="pupil", group_name="Year 9",
    identifiers=(Identifier(kind="upn", value="A123456789012"),),
    contacts=(
        Contact(name="Carla Brook", relation="parent", phone="01632 960001", responsibility=True),
        Contact(name="Dan Hill", relation="parent", responsibility=True, no_contact=True, notes="Court order."),
    ),
    flags=("looked_after",), address="1 Sample Street\nAnytown", notes="Moved here in September.",
)  # fmt: skip


def called(given: str, family: str = "", **more: object) -> Details:
    """A child of this name."""
    return Details(**{"kind": "child", "given_name": given, "family_name": family, **more})
