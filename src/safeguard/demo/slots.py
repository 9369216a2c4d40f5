"""The names and small facts of one case, put into its texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import cast

from safeguard.demo.cast import FIRST, GROWN, LAST, House, Known
from safeguard.demo.days import LONDON
from safeguard.demo.telling import StoryKind, names
from safeguard.incidents.reports import NewPerson
from safeguard.incidents.story import PersonRole
from safeguard.tenancy.profile import Profile

LETTERS: Mapping[str, str] = {"affected": "A", "alleged": "B", "witness": "W", "other": "P"}
OPEN = {"school": (9, 15), "club": (10, 21), "care": (7, 23), "helpline": (10, 16), "childrens_home": (0, 24)}
SPOKEN = {
    "": "an app", "learning_platform": "learning platform", "website": "website", "email": "email", "text": "text",
    "google_classroom": "Google Classroom", "google_search": "Google", "ai_app": "AI app", "teams": "Teams",
    "apple": "iMessage", "other_app": "chat app",
}  # fmt: skip
"""What people say for a platform whose name in the list is an explanation."""
REGIONS = names("regions")
LESSONS = (
    "maths",
    "English",
    "science",
    "history",
    "geography",
    "French",
    "art",
    "PE",
    "computing",
    "tutor time",
    "drama",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One person of a case: how they belong, and the letter that texts call them by."""

    letter: str
    role: PersonRole
    connection: str
    known: Known
    needed: bool


class Slots(dict[str, str]):
    """What each slot of this case is filled with."""

    def fill(self, text: str) -> str:
        """The text with its slots filled, beginning with a capital; an unknown slot is a mistake in the stories."""
        said = text.format_map(self)
        return said[:1].upper() + said[1:]


def draw_parts(house: House, story: StoryKind, random: Random) -> tuple[Part, ...]:
    """The people of a case. Two in the same role stand beside each other; the texts name the first."""
    parts: list[Part] = []
    for wanted in story.people:
        role, connection = wanted.rstrip("?").split()
        letter = LETTERS[role] if LETTERS[role] not in {part.letter for part in parts} else ""
        known = _draw(house, connection, parts, random)
        parts.append(Part(letter, cast("PersonRole", role), connection, known, needed=not wanted.endswith("?")))
    return tuple(parts)


def _draw(house: House, connection: str, parts: list[Part], random: Random) -> Known:
    taken = {part.known.name for part in parts}
    near = [known for known in house.known if parts and _year(known.group) == _year(parts[0].known.group)]
    while True:
        match connection:
            case "pupil":
                known = random.choice(near if len(near) > 3 else house.known)
            case "family" if parts and parts[0].connection == "pupil":
                known = Known(random.choice(GROWN), parts[0].known.last)
            case "child_elsewhere":
                known = Known(random.choice(FIRST), random.choice(LAST))
            case "unknown" | "adult_outside":
                return Known("Not", "known")
            case _:
                known = Known(random.choice(GROWN), random.choice(LAST))
        if known.name not in taken:
            return known


def slots_of(
    house: House,
    profile: Profile,
    platform: str,
    parts: tuple[Part, ...],
    writers: tuple[int, ...],
    happened: datetime,
    random: Random,
) -> Slots:
    """Everything that a text may ask for."""
    here, named = happened.astimezone(LONDON), {part.letter: part.known for part in parts if part.letter}
    affected = named.get("A") or random.choice(house.known)
    grouped = next((one for one in (affected, *named.values(), *house.known) if one.group), affected)
    colleagues = [member.name for number, member in enumerate(house.members) if number not in writers]
    slots = Slots(
        lesson=random.choice(LESSONS), n=str(random.randint(2, 9)), digits=str(random.randint(10_000, 99_999)),
        day=here.strftime("%A"), time=_clock(house, here, random), date=here.strftime("%d/%m/%y"),
        app=SPOKEN.get(platform) or profile.platforms[platform].name,
        org_slug=house.new.slug.replace("-", ""), L=house.members[house.holding_lead].name,
        S=random.choice(colleagues), S2=f"{random.choice(GROWN)} {random.choice(LAST)}",
        form=grouped.group or "the group", year=_year(grouped.group),
    )  # fmt: skip
    slots["region"] = random.choice(REGIONS)
    slots["a_slug"] = affected.last.lower()
    for letter in "ABW":
        known = named.get(letter) or (affected if letter == "A" else random.choice(house.known))
        slots[letter], slots[letter.lower()] = known.name, known.first
    family = named.get("P")
    of_a_pupil = any(part.letter == "A" and part.connection == "pupil" for part in parts)
    last = affected.last if of_a_pupil else random.choice(LAST)
    slots["P"] = family.name if family else f"{random.choice(GROWN)} {last}"
    return slots


def _clock(house: House, here: datetime, random: Random) -> str:
    """The time that texts speak of: when the place is open, whenever it is told."""
    first, last = OPEN[house.kind]
    hour = here.hour if first <= here.hour < last else random.randrange(first, last)
    return f"{hour:02}:{here.minute:02}"


def _year(group: str) -> str:
    return f"Year {group[:-1]}" if group[:-1].isdigit() else group or "the group"


def people_of(parts: tuple[Part, ...], texts: str, profile: Profile, random: Random) -> tuple[NewPerson, ...]:
    """The people of the report: those who must be in it, those whom its words name, and some of the others."""
    return tuple(
        _person(part, profile)
        for part in parts
        if part.needed or (part.letter and _named(part, texts)) or random.random() < 0.5
    )


def _named(part: Part, texts: str) -> bool:
    return f"{{{part.letter}}}" in texts or f"{{{part.letter.lower()}}}" in texts


def _person(part: Part, profile: Profile) -> NewPerson:
    child = profile.connections[part.connection].child
    kind = "child" if child else "unknown" if part.connection == "unknown" else "adult"
    return NewPerson(
        name=part.known.name, role=part.role, kind=kind, connection=part.connection,
        group_name=part.known.group if part.connection == "pupil" else "",
    )  # fmt: skip
