"""`safeguard demo`: invented organisations with two years behind them, and how to sign in to each."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from safeguard import clock, settings
from safeguard.cli import options
from safeguard.database import pool
from safeguard.database.bootstrap import database_for
from safeguard.database.context import load_key
from safeguard.database.pool import Database
from safeguard.demo import grouping, opening, referring
from safeguard.demo.acts import Step
from safeguard.demo.cast import House, houses
from safeguard.demo.filling import fill, found
from safeguard.demo.finding import is_there, refresh_statistics
from safeguard.demo.planning import plan
from safeguard.demo.quieting import while_nobody_works
from safeguard.evidence.signing.opening import open_signer
from safeguard.identity.passwords import hashed
from safeguard.incidents.teaching import incidents_that_taught
from safeguard.settings import Settings
from safeguard.standards import origins
from safeguard.strongbox import masters, objects
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.report_forms.history import keep_kind_forms_at

PASSWORD = "synthetic-people-only"  # noqa: S105  printed on purpose: everybody here is invented
SHOWN = 5
SCHOOL, HELPLINE = "alder-vale", "helpline"
"""Who refers, and to whom: their slugs."""
AT_ONCE = 3
"""Organisations filled at the same time: one computes while another waits for the database."""


LAST_ACTS = timedelta(hours=2)
"""What is told after the last incident is dated minutes after it: nothing of it lies ahead of the clock."""


@click.command()
@click.option("--organisations", type=click.IntRange(1, 200), default=5, show_default=True, metavar="N")
@click.option(
    "--incidents", type=click.IntRange(0, 200_000), default=300, show_default=True, metavar="N", help="In all."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="N", help="The same seed tells the same stories."
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which the stories end.  [default: now]",
)
@options.data
def demo(data: Path | None, organisations: int, incidents: int, seed: int, until: datetime | None) -> None:
    """Fill in invented organisations: a school, a club, a care provider, a helpline, a children's home, and more.

    Three of them belong to a group, which reads their figures and none of their records.

    Everything in them is synthetic. An organisation that is there already is left as it is. Do not run this where real
    records are kept: the password of everybody in it is printed, and no worker works for anybody until it is done.
    """
    end = until.replace(tzinfo=UTC) + timedelta(days=1) if until else clock.now() - LAST_ACTS
    cast = houses(organisations, incidents, seed)
    with database_for(settings.load(data=data), "safeguard demo") as place:
        asyncio.run(_tell(place, cast, seed, min(end, clock.now())))
    _say_how_to_sign_in(place, cast, seed)


async def _tell(place: Settings, cast: tuple[House, ...], seed: int, until: datetime) -> None:
    await keep_kind_forms_at(place.app_url)
    database = Database(place.owner_url, load_key(place.keys / "context"), size=AT_ONCE + 1, overflow=AT_ONCE)
    pool.use(database)
    objects.use(objects.open_store(place.objects_url))
    masters.use(masters.Masters(place.keys))
    origins.bind({"incident": incidents_that_taught})
    try:
        missing = [house for house in cast if not await _is_left_alone(house)]
        async with while_nobody_works():
            missing = await _grouped(missing, seed, until)
            with _bar() as bar:
                task = bar.add_task("Telling two years", total=sum(house.incidents for house in missing))
                made = await _fill_all(missing, seed, until, bar, task)
        await _refer(place, made)
        await opening.let_in([*(house.new.slug for house in cast), grouping.SLUG], await hashed(PASSWORD))
        await refresh_statistics()
    finally:
        pool.use(None)
        objects.use(None)
        masters.use(None)
        origins.bind({})
        await database.close()


async def _is_left_alone(house: House) -> bool:
    there = await is_there(house.new.slug)
    if there:
        click.echo(f"{house.new.name} is there already, and is left as it is.", err=True)
    return there


async def _refer(place: Settings, made: Mapping[str, UUID]) -> None:
    """The first school refers to the helpline, where both were made now. Receipts are proven by the signer's key."""
    if SCHOOL in made and HELPLINE in made:
        signer = open_signer(place)
        await referring.refer_two(made[SCHOOL], made[HELPLINE], lambda origin: signer.signer_of(origin).public)


async def _fill_all(missing: list[House], seed: int, until: datetime, bar: Progress, task: TaskID) -> dict[str, UUID]:
    """Tell of each of them; slug -> what was made."""
    room = asyncio.Semaphore(AT_ONCE)
    grouped: list[UUID] = []
    made: dict[str, UUID] = {}

    async def one(house: House, steps: list[Step]) -> None:
        async with room:
            filled = await fill(house, steps, seed, until, lambda count: bar.advance(task, count))
        made[house.new.slug] = filled
        if house.new.group:
            grouped.append(filled)

    # The helpline's alert goes to those that are there by then: so it comes last.
    for sends in (False, True):
        async with asyncio.TaskGroup() as tasks:
            for house in sorted(missing, key=lambda house: -house.incidents):
                if (house.kind == "helpline") is sends:
                    tasks.create_task(one(house, plan(house, seed, until)))
    await grouping.tell(grouped, until)
    return made


async def _grouped(missing: list[House], seed: int, until: datetime) -> list[House]:
    """The group is made before those that belong to it; where there are several of them."""
    joining = [grouping.joined(house) for house in missing]
    if not any(house.new.group for house in joining):
        return missing
    if not await is_there(grouping.SLUG):
        await found(grouping.group(seed), seed, until)
    return joining


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("incidents"))
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))


def _say_how_to_sign_in(place: Settings, cast: tuple[House, ...], seed: int) -> None:
    profiles = load_profiles()
    click.echo("\nEverybody and everything in these organisations is invented (synthetic).")
    for house in (*cast[:SHOWN], grouping.group(seed)):
        click.echo(f"\n{house.new.name}")
        first = {member.roles[0]: member for member in reversed(house.members)}
        for role, member in sorted(first.items(), key=lambda one: house.members.index(one[1])):
            click.echo(f"  {profiles[house.kind].roles[role].name:<46} {member.email}")
    if len(cast) > SHOWN:
        click.echo(f"\nAnd {len(cast) - SHOWN} more, from lead@{cast[SHOWN].new.slug}.example on.")
    click.echo(
        f"\nPassword for each of them: {PASSWORD}\nSign in at {place.public_url}/sign-in while `safeguard up` runs. "
        "The second step asks invented people for one press of a button, and everybody else for a passkey or a code."
    )
