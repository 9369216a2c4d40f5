"""What growing costs: a large organisation against a small one, side by side in the same database.

Side by side rather than before and after: the machine's drift touches both. The small one has ten thousand incidents,
the large one as many as `--size` says; the same page is asked of each in turn, one request at a time.
"""

from statistics import median
from urllib.parse import quote

from safeguard.cli.bench import load
from safeguard.cli.bench.filling import TERMS, fill
from safeguard.cli.bench.measuring import Figure, Goal, in_pairs
from safeguard.cli.bench.scratch import Scratch, another

SMALL = 10_000
PAGES = {
    "list": "/incidents?state=all",
    "triage": "/incidents/inbox",
    "read": "/incidents/{newest}",
    "chronology": "/people/{known}/chronology",
    "board": "/insights",
    "narrowed": "/insights?only=platform:tiktok",
    "standards": "/standards",
}
COMBINED = "/insights?only=platform:tiktok&only=risk:high"
"""Figures of several things together are counted when somebody asks: this may cost as much more as there are more."""


def growth(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """The list, triage, an incident, a chronology, the board of figures, and the search for a word, at both sizes."""
    small, large = another(scratch, "small"), another(scratch, "large")
    filled = {small.lead_id: fill(small, SMALL), large.lead_id: fill(large, scratch.size)}

    def ratio(name: str, path: str, goal: float) -> Figure:
        def ask(who: Scratch) -> float:
            return _p50(who, path.format(**filled[who.lead_id]._asdict()), seconds)

        for who in (small, large):
            who.wake()
        figures = in_pairs(pairs, lambda: ask(large), lambda: ask(small))
        what = f"{path.split('/')[1].split('?')[0]}: {scratch.size:,} against {SMALL:,}"
        return Figure(f"growth-{name}", what, "ms", *figures, Goal(goal, "lower"), {"p50": median(figures[0])})

    pages = [ratio(name, path, 1.3) for name, path in PAGES.items()]
    pages.append(ratio("combined", COMBINED, max(1.3, scratch.size / SMALL)))
    return pages + [
        ratio(f"search {often}", f"/incidents?state=all&q={quote(word)}", 2.5) for often, word in TERMS.items()
    ]


def _p50(who: Scratch, path: str, seconds: int) -> float:
    request = load.request("GET", path, who.cookies)
    return load.drive(who.port, lambda: request, expect=200, connections=1, seconds=seconds).p50
