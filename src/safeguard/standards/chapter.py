"""What this room puts into evidence packs: one review against a standard, with the evidence behind it and the plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.evidence.packs.chapters import (
    ObjectRef,
    Offered,
    PartTelling,
    Scope,
    Told,
    require_to_ask,
)
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Fact, Passage, Section
from safeguard.evidence.report.sheets import Column, DayColumn, Sheets, Values, merged, said
from safeguard.standards.framework import Framework, Level
from safeguard.standards.made_with import kept_wordings, own_key
from safeguard.standards.owning import known_frameworks
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

KNOWN: Final = """
select 1 from public.reviews r where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
LATEST: Final = """
select r.id from public.reviews r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'signed'
    and (cardinality($1::text[]) = 0 or r.framework = any ($1))
order by r.signed_at desc, r.id desc limit 1
"""
SIGNED: Final = """
select r.id, r.framework, r.signed_at from public.reviews r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'signed'
order by r.signed_at desc, r.id desc limit 50
"""
OBJECTS: Final = """
with asked as (select r.organisation_id, r.id, r.framework from public.reviews r
               where r.organisation_id = (select sec.current_organisation()) and r.id = $1)
select 1 as place, 'review' as kind, a.id from asked a
union
select 2, 'rating', t.id from asked a
join public.ratings t on t.organisation_id = a.organisation_id and t.review_id = a.id
union
select 3, 'proof', c.item_id from asked a
join public.evidence_controls c on c.organisation_id = a.organisation_id and c.framework = a.framework
union
select 3, 'proof', f.id from asked a
join public.evidence_controls c on c.organisation_id = a.organisation_id and c.framework = a.framework
join public.evidence_files f on f.organisation_id = c.organisation_id and f.item_id = c.item_id
union
select 4, 'improvement', m.id from asked a
join public.improvements m on m.organisation_id = a.organisation_id and m.framework = a.framework
order by 1, 3
"""
EMPTY: Final = Section(
    "review", "Review against a standard", "No review that fits was signed off when this pack was asked for."
)


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """A review as a part of packs."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """The review that was asked for, else the one signed last of the scope's standards; raises `NotFound`.

        Never one of another standard in its place: an inspector of sport is not answered by a review of filters.
        """
        require_to_ask(work, Permission.STANDARDS_READ)
        if scope.review_id is None:
            return replace(scope, review_id=await work.driver.fetchval(LATEST, list(scope.frameworks)))
        if await work.driver.fetchval(KNOWN, scope.review_id) is None:
            raise NotFound
        return scope

    async def offered(self, work: Work) -> Sequence[Offered]:
        """Every review that was signed off, the newest first: at most 50. None for whoever may not read them."""
        if not work.may(Permission.STANDARDS_READ):
            return ()
        names = {each.code: each.name for each in await known_frameworks(work, await own_profile(work))}
        return [
            Offered(row["id"], names.get(row["framework"]) or str(row["framework"]), row["signed_at"], row["framework"])
            for row in await work.driver.fetch(SIGNED)
        ]

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """The review, its judgements, and the evidence and improvements of its standard."""
        work.require(Permission.STANDARDS_READ)
        if scope.review_id is None:
            return ()
        return [ObjectRef(row["kind"], row["id"]) for row in await work.driver.fetch(OBJECTS, scope.review_id)]

    async def telling(self, work: Work) -> PartTelling:
        """In the words of the standards that this organisation knows."""
        profile = await own_profile(work)
        known = {framework.code: framework for framework in await known_frameworks(work, profile)}
        sheet = Sheets((await get_organisation(work)).zone)
        return _Telling(known, await kept_wordings(work, profile), sheet)


Reading = Callable[[Values], Framework | None]
"""The text that was read when a judgement was given; None where it says none, or that is not kept."""


@dataclass(frozen=True, slots=True)
class _Telling:
    frameworks: Mapping[str, Framework]
    kept: Mapping[str, Framework]
    """Those that reviews were made with, by their digest."""
    sheet: Sheets

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        by_kind: dict[str, list[Values]] = {"review": [], "rating": [], "proof": [], "file": [], "improvement": []}
        titles: dict[str, str] = {}
        for ref, versions in told.items():
            values = merged(versions)
            by_kind["file" if "media_type" in values else ref.kind].append(values)
            titles[str(ref.id)] = str(values.get("title", ""))
        by_kind["file"] = [{**values, "of": titles.get(str(values.get("item_id")), "")} for values in by_kind["file"]]
        if not by_kind["review"]:
            return (EMPTY,)
        review = by_kind["review"][0]
        code = str(review["framework"])
        framework = self._read(review, code) or self.frameworks.get(code)
        return (_section(self.sheet, framework, review, by_kind, lambda rating: self._read(rating, code)),)

    def _read(self, values: Values, code: str) -> Framework | None:
        """The text that a review or a judgement names as the one that was read."""
        own = own_key(code, str(values.get("framework_version", "")))
        return self.kept.get(str(values.get("framework_digest", "")) or own)


def _section(
    sheet: Sheets, framework: Framework | None, review: Values, found: Mapping[str, Sequence[Values]], reading: Reading
) -> Section:
    code = str(review["framework"])
    rated = {str(values["control"]): values for values in found["rating"]}
    return Section(
        "review",
        f"Review: {framework.name if framework else code}",
        "Where the organisation says that it stands, why, and what shows it. The greatest level is the first step."
        " Files of the evidence go with a pack that is not redacted, where they were checked and nobody locked them;"
        " the others are named here by their digest.",
        facts=tuple(_facts(review, rated, sheet)),
        passages=(Passage("Statement", str(review["statement"])),) if review.get("statement") else (),
        sheets=(
            sheet("Judgements", (
                Column("Control", "name", wide=True), Column("Level", "level"), Column("What that looks like", "looks",
                wide=True), Column("Why", "commentary", wide=True), Column("By", "judged_by_name"),
                DayColumn("On", "judged_at"),
            ), _judgements(framework, rated, reading), "Nothing is judged yet."),
            sheet("Evidence", (
                Column("What", "title", wide=True), Column("Kind", "kind", said), Column("For", "controls"),
                Column("Kept at", "kept_at", wide=True), DayColumn("Dated", "dated_on"),
                DayColumn("Renew by", "renew_on"), DayColumn("Withdrawn", "withdrawn_at"),
            ), [_proof(values, code) for values in found["proof"]], "No evidence is listed."),
            sheet("Files of the evidence", (
                Column("File", "name", wide=True), Column("Of", "of", wide=True), Column("Type", "media_type"),
                Column("Bytes", "size"), Column("SHA-256", "sha256", wide=True), DayColumn("Added", "attached_at"),
            ), found["file"], "No file was added to the evidence."),
            sheet("Improvements", (
                Column("What", "words", wide=True), Column("For", "control"), Column("Who", "owner_name"),
                DayColumn("Due", "due_on"), Column("State", "state", said),
                Column("Progress", "progress", wide=True), Column("Effect", "effect", wide=True),
            ), found["improvement"], "No improvement is planned."),
        ),
    )  # fmt: skip


def _facts(review: Values, rated: Mapping[str, Values], sheet: Sheets) -> list[Fact]:
    begun = f"{sheet.day(review['started_at'])}, by {review.get('started_by_name', '')}"
    signed = review.get("signed_at") and f"{sheet.day(review['signed_at'])}, by {review.get('signed_by_name', '')}"
    return [
        Fact("Edition", str(review.get("framework_version", ""))),
        Fact("Begun", begun),
        Fact("Signed off", signed or "Not yet: this review is still open"),
        Fact("Controls judged", f"{sum(bool(values.get('level')) for values in rated.values()):,}"),
    ]


def _judgements(framework: Framework | None, rated: Mapping[str, Values], reading: Reading) -> list[dict[str, Any]]:
    """In the order of the standard, each in the words that were read; what the standard does not know stands last."""
    if framework is None:
        return [{**values, "name": control, "looks": ""} for control, values in sorted(rated.items())]
    known = [control for control in framework.controls if control.code in rated]
    order = [control.code for control in known]
    order += sorted(set(rated) - set(order))
    return [_judged(reading(rated[code]) or framework, code, rated[code]) for code in order]


def _judged(framework: Framework, code: str, values: Values) -> dict[str, Any]:
    control = framework.control(code)
    if control is None:
        return {**values, "name": code, "looks": ""}
    number = values.get("level")
    level = framework.find_level(number) if isinstance(number, int) else None
    looks = framework.said(control, level.number) if level else ""
    return {**values, "name": control.name, "level": _level_said(level) if level else "", "looks": looks}


def _level_said(level: Level) -> str:
    """Its number and name; a level that is called by its number is said once."""
    return level.name if str(level.number) in level.name.split() else f"{level.number} {level.name}"


def _proof(values: Values, framework: str) -> dict[str, Any]:
    supports = [control for code, control in values.get("supports", ()) if code == framework]
    return {**values, "controls": ", ".join(supports)}
