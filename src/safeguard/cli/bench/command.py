"""`safeguard bench`: run the benchmarks in a scratch database, and say of each whether it meets its goal."""

import json
import signal
from collections.abc import Callable
from functools import partial
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from safeguard.cli.bench.carrying import channel
from safeguard.cli.bench.crowding import tenants
from safeguard.cli.bench.desking import helpline
from safeguard.cli.bench.judging import judge
from safeguard.cli.bench.measuring import Figure
from safeguard.cli.bench.packing import pack
from safeguard.cli.bench.rostering import rosters
from safeguard.cli.bench.scenarios import IN_SCRATCH, prepare
from safeguard.cli.bench.scratch import scratch_service
from safeguard.cli.bench.starting import start

OF_THEIR_OWN = ("tenants", "pack", "verify", "channel", "helpline", "rosters", "start")
"""Those that bring services of their own."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*IN_SCRATCH, *OF_THEIR_OWN]))
@click.option("--pairs", type=click.IntRange(1, 100), default=7, show_default=True, help="How many pairs to measure.")
@click.option("--seconds", type=click.IntRange(1, 60), default=3, show_default=True, help="How long each run lasts.")
@click.option(
    "--size",
    type=click.IntRange(10_000, 5_000_000),
    default=1_000_000,
    show_default=True,
    help="How many incidents the large organisation of `growth` has.",
)
@click.option(
    "--organisations",
    type=click.IntRange(1_000, 100_000),
    default=50_000,
    show_default=True,
    help="How many organisations `tenants` compares with a thousand.",
)
@click.option(
    "--cases",
    type=click.IntRange(5_000, 1_000_000),
    default=100_000,
    show_default=True,
    help="How many cases the desk of `helpline` has.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object for machines.")
def bench(
    names: tuple[str, ...], pairs: int, seconds: int, size: int, organisations: int, cases: int, as_json: bool
) -> None:
    """Measure each figure as a ratio to its limit, both in turn in one run.

    Brings its own database, and leaves nothing behind. Exit code 0 when all that ran meet their goal, 1 otherwise.
    """
    signal.signal(signal.SIGTERM, _end)
    wanted = names or (*IN_SCRATCH, *OF_THEIR_OWN)
    figures: list[Figure] = []
    console = Console(stderr=True)
    with console.status("Preparing a scratch database") as status:

        def measure(name: str, run: Callable[[], list[Figure]]) -> None:
            status.update(f"Measuring {name}: {pairs} pairs of {seconds} s")
            figures.extend(run())

        if shared := [name for name in wanted if name in IN_SCRATCH]:
            with scratch_service(size) as scratch:
                prepare(scratch)
                for name in shared:
                    measure(name, partial(IN_SCRATCH[name], scratch, pairs, seconds))
        alone = {
            "tenants": partial(tenants, pairs, seconds, organisations), "pack": partial(pack, pairs),
            "verify": partial(judge, pairs),
            "channel": partial(channel, pairs), "helpline": partial(helpline, pairs, seconds, cases),
            "rosters": rosters, "start": partial(start, pairs),
        }  # fmt: skip
        for name in OF_THEIR_OWN:
            if name in wanted:
                measure(name, alone[name])
    if as_json:
        click.echo(json.dumps({figure.name: figure.as_json() for figure in figures}, indent=2))
    else:
        Console(width=max(160, Console().width)).print(_table(figures))
    raise SystemExit(0 if all(figure.met for figure in figures) else 1)


def _end(number: int, _: object) -> None:
    """Leave by every block on the way, each of which takes away what it made."""
    raise SystemExit(128 + number)


def _table(figures: list[Figure]) -> Table:
    table = Table("Benchmark", "What", "Ours", "Limit", "Ratio", "Interval", "Goal", "Met")
    for figure in figures:
        low, high = figure.interval
        table.add_row(
            figure.name, figure.what, f"{median(figure.ours):.1f} {figure.unit}", f"{median(figure.limit):.1f}",
            f"{figure.ratio:.2f}", f"{low:.2f}-{high:.2f}", str(figure.goal), "yes" if figure.met else "no",
        )  # fmt: skip
    return table
