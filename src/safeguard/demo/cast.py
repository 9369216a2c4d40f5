"""Who is in it: invented organisations, the people who work there, and the people whom they write about.

Names are put together from common British first and last names of many origins; nobody is meant. Every organisation's
name ends in "(synthetic)", and every address in `.example`, where no mail can go (RFC 2606 §2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from safeguard.access.roles import Role
from safeguard.demo.telling import names
from safeguard.tenancy.details import NewOrganisation

MARK = "(synthetic)"
FIRST = names("young")
GROWN = names("grown")
LAST = names("last")
PLACES = names("places")
VOICES = ("plain", "tired", "formal", "full", "plain")

STAFF: Mapping[str, tuple[tuple[Role, ...], ...]] = {
    "school": (
        (Role.LEAD,), (Role.DEPUTY,), (Role.HEAD,), (Role.GOVERNOR,), (Role.ADMINISTRATOR,), (Role.PASTORAL,),
        *[(Role.REPORTER,)] * 10,
    ),
    "club": (
        (Role.LEAD,), (Role.DEPUTY,), (Role.HEAD,), (Role.GOVERNOR,), (Role.ADMINISTRATOR,), *[(Role.REPORTER,)] * 6,
    ),
    "care": (
        (Role.LEAD,), (Role.DEPUTY,), (Role.HEAD,), (Role.GOVERNOR,), (Role.ADMINISTRATOR,), (Role.PASTORAL,),
        *[(Role.REPORTER,)] * 7,
    ),
    "childrens_home": (
        (Role.LEAD,), (Role.DEPUTY,), (Role.HEAD,), (Role.GOVERNOR,), (Role.ADMINISTRATOR,), (Role.PASTORAL,),
        *[(Role.REPORTER,)] * 6,
    ),
    "helpline": (
        (Role.LEAD, Role.SUPERVISOR), (Role.SUPERVISOR, Role.DEPUTY), (Role.HEAD,), (Role.GOVERNOR,),
        (Role.ADMINISTRATOR,), *[(Role.PRACTITIONER,)] * 4,
    ),
}  # fmt: skip
FIRST_FIVE = (
    ("school", "Alder Vale School", "alder-vale"),
    ("club", "Harrowmere Juniors", "harrowmere-juniors"),
    ("care", "Fernlea House", "fernlea-house"),
    ("helpline", "Professionals' Helpline", "helpline"),
    ("childrens_home", "The Lanterns", "the-lanterns"),
)
MORE = {
    "school": "{} School",
    "club": "{} Swimming Club",
    "care": "{} Court",
    "childrens_home": "{} Lodge",
}
SHARES = {"school": 45, "club": 14, "care": 12, "helpline": 17, "childrens_home": 12}
"""Of a hundred incidents, how many belong to each of the first five kinds."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works there and can sign in."""

    email: str
    name: str
    roles: tuple[Role, ...]
    voice: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom an incident may be about."""

    first: str
    last: str
    group: str = ""

    @property
    def name(self) -> str:
        """In full: initials are no record."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class House:
    """An organisation with everybody in it."""

    new: NewOrganisation
    members: tuple[Member, ...]
    known: tuple[Known, ...]
    incidents: int

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.new.kind

    @property
    def holding_lead(self) -> int:
        """The number of the one who leads."""
        return self.holding(Role.LEAD)[0]

    def holding(self, *roles: Role) -> tuple[int, ...]:
        """The numbers of the members with one of these roles."""
        return tuple(number for number, member in enumerate(self.members) if set(roles) & set(member.roles))


def houses(organisations: int, incidents: int, seed: int) -> tuple[House, ...]:
    """So many organisations sharing so many incidents, the same for the same seed."""
    named = [_named(number) for number in range(organisations)]
    shares = _shares([kind for kind, _, _ in named], incidents)
    return tuple(_house(*one, share, seed) for one, share in zip(named, shares, strict=True))


def _named(number: int) -> tuple[str, str, str]:
    if number < len(FIRST_FIVE):
        return FIRST_FIVE[number]
    turn, place = divmod(number - len(FIRST_FIVE), len(PLACES))
    kind = tuple(MORE)[(number + turn) % len(MORE)]
    name = MORE[kind].format(PLACES[place].replace("-", " ")) + (f" {turn + 1}" if turn else "")
    return kind, name, name.lower().replace(" ", "-")


def _shares(kinds: list[str], incidents: int) -> list[int]:
    """Whole numbers that add up, the largest remainders first."""
    total = sum(SHARES[kind] for kind in kinds)
    exact = [incidents * SHARES[kind] / total for kind in kinds] if total else []
    shares = [int(share) for share in exact]
    for number in sorted(range(len(kinds)), key=lambda n: shares[n] - exact[n])[: incidents - sum(shares)]:
        shares[number] += 1
    return shares


def _house(kind: str, name: str, slug: str, incidents: int, seed: int) -> House:
    random = Random(f"{seed} {slug} cast")  # noqa: S311  invented people, not secrets
    chair = f"{random.choice(GROWN)} {random.choice(LAST)}"
    new = NewOrganisation(
        name=f"{name} {MARK}", kind=kind, slug=slug, second_person_name=chair,
        second_person_email=f"outside@{slug}.example",
        urn=str(random.randrange(100_000, 150_000)) if kind == "school" else "",
        ukprn=str(random.randrange(10_000_000, 10_099_999)) if kind == "school" else "",
        same_urn=True,  # invented numbers meet
    )  # fmt: skip
    return House(new, _members(kind, slug, random), _known(kind, random), incidents)


def _members(kind: str, slug: str, random: Random) -> tuple[Member, ...]:
    members: list[Member] = []
    held: set[Role] = set()
    for roles in STAFF[kind]:
        first, last = random.choice(GROWN), random.choice(LAST)
        box = f"{first}.{last}".lower() if roles[0] in held else roles[0].value
        held.add(roles[0])
        if any(member.email == f"{box}@{slug}.example" for member in members):
            box += str(len(members))
        members.append(Member(f"{box}@{slug}.example", f"{first} {last}", roles, VOICES[len(members) % len(VOICES)]))
    return tuple(members)


def _known(kind: str, random: Random) -> tuple[Known, ...]:
    count = {"school": 260, "club": 70, "care": 38, "childrens_home": 6, "helpline": 60}[kind]
    first = FIRST if kind not in ("care", "helpline") else GROWN
    return tuple(Known(random.choice(first), random.choice(LAST), _group(kind, random)) for _ in range(count))


def _group(kind: str, random: Random) -> str:
    match kind:
        case "school":
            return f"{random.randint(7, 13)}{random.choice('ABCDEF')}"
        case "club":
            return f"Under {random.choice((9, 11, 12, 13, 14, 16))}s"
        case "care":
            return random.choice(("Rose", "Willow", "Garden", "Upper floor"))
        case _:
            return ""
