"""Incidents under the questions that they were reported with, whatever is asked today."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from safeguard.incidents.presenting import ASKED
from safeguard.records.access.saying import heading
from safeguard.records.access.searching import Found
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.report_forms.history import read_history
from safeguard.work import Work

INCIDENT: Final = "incident"
MADE_WITH: Final = """
select i.id, i.form_version, i.recorded_at from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1)
"""


async def as_asked(work: Work, found: Sequence[Found], profile: Profile) -> list[Found]:
    """The same finds, the words of each incident under the questions of the form that it was made with."""
    incidents = [each.id for each in found if each.kind == INCIDENT]
    if not incidents:
        return list(found)
    history = await read_history(work, profile)
    rows = await work.driver.fetch(MADE_WITH, incidents)
    asked = {row["id"]: history.labels(row["form_version"], row["recorded_at"]) for row in rows}
    return [_under(each, asked[each.id]) if each.kind == INCIDENT and each.id in asked else each for each in found]


def _under(found: Found, labels: Mapping[str, str]) -> Found:
    called = {heading(field): labels[code] for field, code in ASKED.items() if code in labels}
    passages = tuple((called.get(label, label), words) for label, words in found.passages)
    named_in = found.named_in
    for label, asked in called.items():
        named_in = named_in.replace(label, asked)
    return replace(found, passages=passages, named_in=named_in)
