"""What growing costs: a large organisation against a small one, side by side in the same database.

Side by side rather than before and after: the machine's drift touches both. The small one has ten thousand incidents,
the large one as many as `--size` says; the same page is asked of each in turn, one request at a time.
"""

from statistics import median
from urllib.parse import quote

from safeguard.cli.bench import load
from safeguard.cli.bench.filling import APART, TERMS, fill, governor_of, tell
from safeguard.cli.bench.measuring import Figure, Goal, in_pairs
from safeguard.cli.bench.scratch import Scratch, another

SMALL = 10_000
PAGES = {
    "list": "/incidents?state=all",
    "triage": "/incidents/inbox",
    "read": "/incidents/{newest}",
    "chronology": "/people/{known}/chronology",
    "involvement": "/insights/involvement",
    "involvement-last": "/insights/involvement?period=last-year",
    "lessons": "/insights/lessons?control=M5&month={month}",
    "reports": "/insights/reports",
    "standards": "/standards",
    "control": "/standards/reviews/{review}/controls/M5",
}
OVER_TIME = {
    "board": "/insights",
    "board-year": "/insights?period=year",
    "board-last-year": "/insights?period=last-year",
    "narrowed": "/insights?only=platform:tiktok",
    "year-group": "/insights?only=year:09",
}
"""Pages that draw months: beside an organisation whose ten thousand incidents took as many years, since one that began
two months ago has fewer months to draw, and none of the year before."""
GOVERNED = {
    "governor": "/insights?period=last-year", "governor-involvement": "/insights/involvement",
    "governor-reports": "/insights/reports",
    "governor-control": "/standards/reviews/{review}/controls/M5",
}  # fmt: skip
"""As whoever governs sees them, beside the same: they are shown the year before."""
COMBINED = {"combined": "/insights?only=platform:tiktok&only=risk:high"}
"""Counted when somebody asks, from ten thousand incidents of a period at most."""
GROUP = "/insights/group"
MEMBERS = (20, 200)
"""How many organisations tell a small group, and a large one: a row of its table for each."""


def growth(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """The list, triage, an incident, a chronology, the board of figures with its open clocks, referrals and addresses
    taken down, and the search for a word, at both sizes."""
    small, slow, large = (another(scratch, name) for name in ("small", "slow", "large"))
    filled = {small.lead_id: fill(small, SMALL), large.lead_id: fill(large, scratch.size)}
    filled[slow.lead_id] = fill(slow, SMALL, APART * (scratch.size / SMALL))

    governing = governor_of(slow), governor_of(large)

    def ratio(name: str, path: str, goal: float, readers: tuple[Scratch, Scratch] = (small, large)) -> Figure:
        def ask(who: Scratch) -> float:
            return _p50(who, path.format(**filled[who.lead_id]._asdict()), seconds)

        for who in readers:
            who.wake()
        figures = in_pairs(pairs, lambda: ask(readers[1]), lambda: ask(readers[0]))
        what = f"{path.split('/')[1].split('?')[0]}: {scratch.size:,} against {SMALL:,}"
        return Figure(f"growth-{name}", what, "ms", *figures, Goal(goal, "lower"), {"p50": median(figures[0])})

    pages = [ratio(name, path, 1.3) for name, path in {**PAGES, **COMBINED}.items()]
    pages += [ratio(name, path, 1.3, (slow, large)) for name, path in OVER_TIME.items()]
    pages += [ratio(name, path, 1.3, governing) for name, path in GOVERNED.items()]
    pages.append(_group(scratch, pairs, seconds))
    return pages + [
        ratio(f"search {often}", f"/incidents?state=all&q={quote(word)}", 2.5) for often, word in TERMS.items()
    ]


def _group(scratch: Scratch, pairs: int, seconds: int) -> Figure:
    """The board of a group of two hundred organisations against one of twenty."""
    groups = {members: another(scratch, f"group-{members}", "group") for members in MEMBERS}
    for members, group in groups.items():
        tell(group, members)
    few, many = (groups[members] for members in MEMBERS)
    figures = in_pairs(pairs, lambda: _p50(many, GROUP, seconds), lambda: _p50(few, GROUP, seconds))
    return Figure("growth-group", "200 organisations against 20", "ms", *figures, Goal(10, "lower"),
                  {"p50": median(figures[0])})  # fmt: skip


def _p50(who: Scratch, path: str, seconds: int) -> float:
    request = load.request("GET", path, who.cookies)
    return load.drive(who.port, lambda: request, expect=200, connections=1, seconds=seconds).p50
