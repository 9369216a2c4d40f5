"""What a children's home puts into packs: notifications, visits and reviews. Other organisations put in nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.packs.offices import is_regulator
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Section, Sheet
from safeguard.evidence.report.saying import minute
from safeguard.evidence.report.sheets import Column, DayColumn, Sheets, Values, merged, on_day
from safeguard.registers.home.following import REVIEW, VISIT
from safeguard.registers.home.notifying import OBJECTS, REFERENCES, REGULATORS
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

DONE: Final = """
select d.id, array(
    select s.id from public.duty_sendings s
    where s.organisation_id = d.organisation_id and s.duty_id = d.id order by s.sent_on, s.id) as sendings
from public.recurring_duties d
where d.organisation_id = (select sec.current_organisation()) and d.duty = $1 order by d.done_on, d.id
"""
TITLES: Final[Mapping[str, str]] = {
    "regulation_40": "Notifications under regulation 40",
    "regulation_44": "Independent visits under regulation 44",
    "regulation_45": "Reviews of the quality of care under regulation 45",
}
SAID: Final[Mapping[str, str]] = {"told": "Told", "made": "To be told", "not_made": "Not notifiable"}
SAYS_40: Final = (
    "What was told to the inspectorate about incidents in these days, and what was judged not to be notifiable, each as"
    " it was written in the incident. Notifications of what is no incident here, such as an illness, are not here."
)
SAYS_REPORTS: Final = (
    "Every one that is recorded, whichever days the pack is of. The reports themselves are files of the evidence: each"
    " is shown on its own page."
)


def keeps_home(profile: Profile) -> bool:
    """Whether this kind of organisation has these duties: its profile has their clocks."""
    return not profile.clocks.keys().isdisjoint((VISIT, REVIEW))


@dataclass(frozen=True, slots=True)
class Notifications:
    """Regulation 40, from what incidents say; restricted ones stand in the restricted log."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen but the days."""
        require_to_ask(work, Permission.REGISTER_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """The entries that tell of it."""
        work.require(Permission.REGISTER_READ)
        if not keeps_home(await own_profile(work)):
            return ()
        rows = await work.driver.fetch(OBJECTS, list(REGULATORS), scope.since, scope.until)
        return [ObjectRef("entry", row["id"]) for row in rows]

    async def telling(self, work: Work) -> PartTelling:
        """With the references of the incidents, which never change."""
        rows = await work.driver.fetch(REFERENCES, list(REGULATORS))
        zone = (await get_organisation(work)).zone
        profile, references = await own_profile(work), {str(row["id"]): row["reference"] for row in rows}
        return _Notified(keeps_home(profile), zone, references, profile.words.get("regulator", "Ofsted"))


@dataclass(frozen=True, slots=True)
class _Notified:
    keeps: bool
    zone: ZoneInfo
    references: Mapping[str, str]
    regulator: str

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        if not self.keeps:
            return ()
        rows = [(versions[-1], merged(versions)) for versions in told.values()]
        said = tuple(self._row(at, values) for at, values in rows)
        head = ("Incident", "When", "Told, or not", "To whom, and their reference", "What was said, or why not")
        one = Sheet("Told, and judged", head, said, "Nothing was notified in these days.", wide=(3, 4))
        return (Section("regulation_40", TITLES["regulation_40"], SAYS_40, sheets=(one,)),)

    def _row(self, last: Told, values: Values) -> tuple[str, ...]:
        at = values.get("took_place_at")
        when = on_day(at, self.zone) if at else minute(last.at, self.zone)
        state = "told" if values.get("kind") == "contact" else str(values.get("referral"))
        words = " ".join(str(values[name]) for name in ("words", "reason") if values.get(name))
        reference = self.references.get(str(values.get("incident_id")), "")
        return (reference, when, SAID[state], self._whom(values, told=state == "told"), words)

    def _whom(self, values: Values, *, told: bool) -> str:
        """The inspectorate, whoever of it was spoken to, and their reference."""
        named = [str(values[name]) for name in ("contact_name", "contact_reference") if values.get(name)]
        is_named = any(is_regulator({"contact_name": name}) for name in named[:1])
        return ", ".join(named if is_named or not told else [self.regulator, *named])


@dataclass(frozen=True, slots=True)
class Reports:
    """Visits or reviews, with to whom each report was sent."""

    duty: str

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen."""
        require_to_ask(work, Permission.REGISTER_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Each time that it was done, then each sending of its report."""
        work.require(Permission.REGISTER_READ)
        return [
            ref
            for row in await work.driver.fetch(DONE, self.duty)
            for ref in (ObjectRef("duty", row["id"]), *(ObjectRef("duty_report", each) for each in row["sendings"]))
        ]

    async def telling(self, work: Work) -> PartTelling:
        """Nothing for an organisation without this duty."""
        sheet = Sheets((await get_organisation(work)).zone)
        return _Reported(self.duty, self.duty in (await own_profile(work)).clocks, sheet)


@dataclass(frozen=True, slots=True)
class _Reported:
    duty: str
    keeps: bool
    sheet: Sheets

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        if not (self.keeps or told):
            return ()
        sent: dict[str, list[str]] = {}
        for ref, versions in told.items():
            if ref.kind == "duty_report":
                values = merged(versions)
                said = f"{self.sheet.day(values['sent_on'])}, {values['sent_to']}"
                sent.setdefault(str(values["duty_id"]), []).append(said)
        rows = [
            merged(versions) | {"sent": "; ".join(sent.get(str(ref.id), [])) or "Not said"}
            for ref, versions in told.items()
            if ref.kind == "duty"
        ]
        rows.sort(key=lambda row: str(row.get("done_on", "")), reverse=True)
        columns = (
            DayColumn("On", "done_on"), Column("By", "done_by"), Column("What was found", "note", wide=True),
            Column("The report", "kept_at", wide=True), Column("Sent on, to whom", "sent", wide=True),
            *([Column("Struck out because", "struck_reason")] if any(row.get("struck_reason") for row in rows) else ()),
        )  # fmt: skip
        code, empty = ("regulation_44", "visit") if self.duty == VISIT else ("regulation_45", "review")
        one = self.sheet("The latest first", columns, rows, f"No {empty} is recorded.")
        return (Section(code, TITLES[code], SAYS_REPORTS, sheets=(one,)),)
