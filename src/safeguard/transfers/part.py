"""What this room puts into packs: of a person's file, to whom it was sent on, and what came back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Section, Sheet
from safeguard.evidence.report.saying import minute, short_day
from safeguard.people.chapter import SAME
from safeguard.transfers.wording import SENT_BY
from safeguard.work import Work

SENT: Final = """
select t.id from public.transfers t
where t.organisation_id = (select sec.current_organisation()) and t.person_id = any ($1)
    and not exists (
        select from public.transfer_items x
        join public.incidents i on i.organisation_id = x.organisation_id and i.id = x.incident_id
        where x.organisation_id = t.organisation_id and x.transfer_id = t.id and i.restricted_at is not null)
order by t.sent_at, t.id
"""
SAYS: Final = (
    "Each time that this file was sent on, as the log was told of it. The receipt of an organisation of this service is"
    " signed by it over the digest of what it got, and stands whole in the records of this pack. One by a link or on"
    " paper is what somebody there confirmed, and is signed by nobody."
)
HEAD: Final = ("When", "What", "By", "In full")
STEPS: Final = {
    "transfer.received": "Received",
    "transfer.reopened": "Received after it was taken back",
    "transfer.declined": "Not taken",
    "transfer.cancelled": "Taken back",
    "transfer.withheld": "Kept back",
}
CAME: Final = frozenset({"transfer.received", "transfer.reopened"})
PROOFS: Final = {
    "inside": "Signed by their organisation.",
    "link": "Confirmed by whoever fetched it with the passphrase.",
    "paper": "From the slip that came back.",
}


class TransferPart:
    """Files that were sent on; one with an incident that is kept from somebody is in no pack of the general log."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen but the person."""
        require_to_ask(work, Permission.RECORDS_MANAGE)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Those of this person and of every record that was merged into theirs, the earliest first."""
        require_to_ask(work, Permission.RECORDS_MANAGE)
        if scope.person_id is None:
            return ()
        whole = [row["id"] for row in await work.driver.fetch(SAME, scope.person_id)]
        return [ObjectRef("transfer", row["id"]) for row in await work.driver.fetch(SENT, whole)]

    async def telling(self, work: Work) -> PartTelling:
        """In the organisation's time."""
        return _Telling((await get_organisation(work)).zone)


@dataclass(frozen=True, slots=True)
class _Telling:
    zone: ZoneInfo

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        sheets = tuple(self._sheet(versions) for versions in told.values())
        return (Section("transfers", "Sent on to the next place", SAYS, sheets=sheets),)

    def _sheet(self, versions: Sequence[Told]) -> Sheet:
        sent = versions[0].values
        waits = () if len(versions) > 1 else (("", "No receipt yet", "", ""),)
        rows = tuple((minute(step.at, self.zone), *_step(step, sent)) for step in versions)
        return Sheet(f"To {_recipient(sent)}", HEAD, (*rows, *waits), wide=(1, 3))


def _step(step: Told, sent: Mapping[str, Any]) -> tuple[str, str, str]:
    """What happened, who did it, and the rest in full."""
    values, way = step.values, str(sent.get("way", ""))
    if step.event not in STEPS:
        return f"Sent {SENT_BY.get(way, '')}".strip(), step.author, "\n".join(_went(values))
    if step.event in CAME:
        by = ", ".join(str(values[name]) for name in ("by", "role", "organisation") if values.get(name))
        return STEPS[step.event], by, "\n".join(_came(values, way))
    by = _recipient(sent) if step.event == "transfer.declined" else str(values.get("ended_by_name") or step.author)
    return STEPS[step.event], by, str(values.get("reason", ""))


def _recipient(sent: Mapping[str, Any]) -> str:
    return str(sent.get("recipient") or "(withheld)")


def _went(values: Mapping[str, Any]) -> Iterator[str]:
    incidents, files = int(values.get("incidents", 0)), int(values.get("files", 0))
    yield f"{incidents} incident{'' if incidents == 1 else 's'}, {files} attached file{'' if files == 1 else 's'}"
    yield f"Why: {values.get('basis', '')}"
    if left := values.get("left_out"):
        yield f"Not everything went: {left}"
    yield f"SHA-256 of the sealed file: {values.get('sha256', '')}"


def _came(values: Mapping[str, Any], way: str) -> Iterator[str]:
    yield PROOFS[way]
    if on := values.get("received_on"):
        yield f"The slip says {short_day(date.fromisoformat(str(on)))}."
