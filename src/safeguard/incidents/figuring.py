"""Figures of all incidents of a period, for packs: what each one's latest version says of itself, counted."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from safeguard.evidence.report.model import Fact, Section, Sheet
from safeguard.incidents.moments import NOT_ASSESSED
from safeguard.registers.home.annex_a import NOT_HERE, AnnexA
from safeguard.registers.home.part import keeps_home
from safeguard.tenancy.profile import Profile

STATES: Final = {"new": "New", "open": "Open", "closed": "Closed"}
ROLE: Final = re.compile(r"people\.(\d+)\.role")
SAYS: Final = (
    "Counted over every incident that the log was told of in these days, from the latest version of each as of this"
    " pack. Restricted incidents are not among them: they are logged apart."
)


async def count(profile: Profile, latest: AsyncIterator[Mapping[str, Any]]) -> Section:
    """The section; `latest` are the values of one incident after another."""
    total, danger, staff = 0, 0, 0
    state, risk, issues, places = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    annex = AnnexA() if keeps_home(profile) else None
    async for values in latest:
        if annex:
            annex.take(values)
        total += 1
        danger += values.get("danger_now") is True
        staff += _alleges_adult(values)
        state[values.get("state", "")] += 1
        risk[values.get("risk", "")] += 1
        issues.update(values.get("issue_types") or [""])
        places[values.get("place") or ""] += 1
    return Section(
        "figures",
        "Figures of the period",
        f"{SAYS} {NOT_HERE}" if annex else SAYS,
        facts=(
            Fact("Incidents", f"{total:,}"),
            Fact("In danger when reported", f"{danger:,}"),
            Fact("An adult is alleged to have harmed", f"{staff:,}"),
        ),
        sheets=(
            *((annex.sheet(),) if annex else ()),
            _sheet("By state", "State", STATES, state),
            _sheet("By risk", "Risk", _risks(profile), risk),
            _sheet(
                "By what it is about", "Issue", {code: issue.name for code, issue in profile.issues.items()}, issues
            ),
            _sheet("By place", "Place", {code: each.name for code, each in profile.places.items()}, places),
        ),
    )


def _risks(profile: Profile) -> dict[str, str]:
    return {"unassessed": NOT_ASSESSED} | {code: each.name for code, each in profile.risk_levels.items()}


def _alleges_adult(values: Mapping[str, Any]) -> bool:
    alleged = [found[1] for name, role in values.items() if role == "alleged" and (found := ROLE.fullmatch(name))]
    return any(values.get(f"people.{number}.kind") == "adult" for number in alleged)


def _sheet(caption: str, heading: str, names: Mapping[str, str], found: Counter[str]) -> Sheet:
    """The most first; what nobody said stands last."""
    rows = sorted((names.get(code, code), number) for code, number in found.items() if code and number)
    rows.sort(key=lambda row: -row[1])
    unsaid = [("Not said", found[""])] if found[""] else []
    told = tuple((name, f"{number:,}") for name, number in [*rows, *unsaid])
    return Sheet(caption, (heading, "Incidents"), told, "No incident was recorded in these days.", wide=(0,))
