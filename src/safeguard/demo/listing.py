"""The list of people of an invented organisation: those whom its incidents are about, and those who work there.

Telephone numbers are of the range that is kept free for invented stories (01632 960 000 to 960 999).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.demo.cast import GROWN, House, Known
from safeguard.people.details import Details
from safeguard.people.person import Contact, Identifier, Kind
from safeguard.people.recording import record_person
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

FLAGS: Final = (
    ("send", 9), ("young_carer", 60), ("looked_after", 70), ("child_in_need", 45), ("early_help", 30),
)  # fmt: skip
"""One in so many."""

SEPTEMBER: Final = 9
"""Years of school and of sport begin on its first day."""

People = dict[tuple[str, str], UUID]
"""Who is listed, by name and group."""


async def list_people(
    work: Work, house: House, profile: Profile, actors: tuple[Actor, ...], seed: int, until: date
) -> People:
    """Keep the list; a helpline has none, for it advises and does not look after anybody.

    The past begins with it, and nobody moves up a year in it: they are as old as their groups say when it ends.
    """
    if house.kind == "helpline":
        return {}
    random, listed = Random(f"{seed} {house.new.slug} people"), People()  # noqa: S311  invented people, not secrets
    for key, details in _everybody(house, profile, actors, random, until):
        if key not in listed:
            listed[key] = (await record_person(work, details, profile)).id
    return listed


def _everybody(
    house: House, profile: Profile, actors: tuple[Actor, ...], random: Random, until: date
) -> Iterator[tuple[tuple[str, str], Details]]:
    kind: Kind = "child" if profile.connections["pupil"].child else "adult"
    for known in house.known:
        yield (known.name, known.group), _looked_after(known, kind, house.kind, random, until)
    yield ("", "twice"), _again(house.known[3], kind)
    for member, actor in zip(house.members, actors, strict=True):
        given, _, family = member.name.partition(" ")
        yield (
            (member.name, ""),
            Details(kind="adult", given_name=given, family_name=family, connection="staff", user_id=actor.user_id),
        )


def _again(known: Known, kind: Kind) -> Details:
    """Somebody whom the office wrote down a second time: every list has a few of these."""
    return Details(kind=kind, given_name=known.first, family_name=f"{known.last}e", connection="pupil")


def _looked_after(known: Known, kind: Kind, of: str, random: Random, until: date) -> Details:
    flags = [code for code, one_in in FLAGS if kind == "child" and not random.randrange(one_in)]
    if of == "childrens_home":
        flags = list(dict.fromkeys(("looked_after", *flags)))
    parent = Contact(
        name=f"{random.choice(GROWN)} {known.last}", relation="parent" if kind == "child" else "family",
        phone=f"01632 960{random.randrange(1000):03}", responsibility=kind == "child",
    )  # fmt: skip
    return Details(
        kind=kind, given_name=known.first, family_name=known.last, born_on=born(known.group, of, random, until),
        connection="pupil", group_name=known.group, contacts=(parent,), flags=tuple(flags),
        identifiers=(Identifier(kind="own", value=f"{random.randrange(1000, 9999)}"),),
    )  # fmt: skip


def born(group: str, of: str, random: Random, today: date) -> date:
    """A birthday that fits: who is in Year 9 turns 14 in this school year, and Under 12s were 10 or 11 as it began."""
    number = int("".join(character for character in group if character.isdigit()) or 0)
    begun = today.year if today.month >= SEPTEMBER else today.year - 1
    if of == "school":
        return date(begun - number - 5, SEPTEMBER, 1) + timedelta(days=random.randrange(365))
    if of == "club":
        return date(begun - number, SEPTEMBER, 2) + timedelta(days=random.randrange(730))
    years = random.randint(10, 16) if of == "childrens_home" else random.randint(28, 88)
    return today - timedelta(days=years * 365 + years // 4 + random.randrange(365))
