"""Which form an incident was made with: the organisation's version of it, laid over what its kind asked then.

A release that changes what a kind asks changes no old incident: whatever starts keeps what it asks, where that is new
(`keep_kind_forms`), and an incident is read with what was kept last before it was recorded. Of what was recorded before
anything was kept the first is the nearest that is known. A version of the organisation's own holds every question as it
was asked when it was made; what its kind asked later comes from laying its choices over that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from safeguard.database import passwords
from safeguard.database.pool import COMMIT, Database
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.questions import Question, ReportedType
from safeguard.tenancy.report_forms.asked import Asked, Choices, asked_of, types_of
from safeguard.tenancy.report_forms.reading import decode_choices, decode_questions
from safeguard.work import Work

KEEP: Final = "select public.keep_kind_forms($1::jsonb)"
KINDS: Final = """
select k.since, k.questions, k.reported
from public.organisations o, public.list_kind_forms(o.kind, o.nation) k
where o.id = (select sec.current_organisation()) order by k.since
"""
VERSIONS: Final = """
select f.number, f.choices::text, f.asked::text, f.made_at from public.form_versions f
where f.organisation_id = (select sec.current_organisation()) and ($1::integer is null or f.number = $1)
"""

decode_reported = msgspec.json.Decoder(dict[str, ReportedType]).decode


@dataclass(frozen=True, slots=True)
class OfKind:
    """What the kind of organisation asks from some moment on."""

    since: datetime
    questions: tuple[Question, ...]
    reported: Mapping[str, ReportedType]

    def laid_on(self, profile: Profile) -> Profile:
        """The profile, asking this."""
        asked = {question.code: question for question in self.questions}
        return replace(profile, questions=asked, question_order=tuple(asked), reported=self.reported)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the organisation's own."""

    made_at: datetime
    choices: Choices
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Every form of one organisation, by the incidents that were made with them."""

    profile: Profile
    kinds: tuple[OfKind, ...]
    """Oldest first; none before a release that keeps them has started."""
    versions: Mapping[int, Version]

    def then(self, number: int | None, at: datetime) -> Asked:
        """The form of an incident that names a version, or none, and was recorded at a moment."""
        kept = self._kept(at)
        profile = kept.laid_on(self.profile) if kept else self.profile
        version = self.versions.get(number or 0)
        if version is None:
            return asked_of(profile)
        if kept is None or kept.since <= version.made_at or at < kept.since:
            return Asked(number, version.questions, types_of(profile.reported, version.choices))
        return asked_of(profile, version.choices, number)

    def labels(self, number: int | None, at: datetime) -> dict[str, str]:
        """How each question was put then, by its code; those that were hidden as their kind puts them."""
        kept = self._kept(at)
        of_kind = kept.questions if kept else self.profile.ordered_questions()
        return {question.code: question.label for question in (*of_kind, *self.then(number, at).questions)}

    def _kept(self, at: datetime) -> OfKind | None:
        known = [each for each in self.kinds if each.since <= at]
        return known[-1] if known else next(iter(self.kinds), None)


async def read_history(work: Work, profile: Profile, number: int | None = None) -> History:
    """Every form of the organisation in which some work happens, or of its own only the version with this number."""
    kinds = await work.driver.fetch(KINDS)
    versions = await work.driver.fetch(VERSIONS, number)
    return History(profile, tuple(_of_kind(row) for row in kinds), {row["number"]: _version(row) for row in versions})


async def asked_then(work: Work, profile: Profile, number: int | None, at: datetime) -> Asked:
    """The form of an incident that names a version, or none (0 reads no version), and was recorded at a moment."""
    return (await read_history(work, profile, number or 0)).then(number, at)


def _of_kind(row: asyncpg.Record) -> OfKind:
    return OfKind(row["since"], decode_questions(row["questions"]), decode_reported(row["reported"]))


def _version(row: asyncpg.Record) -> Version:
    return Version(row["made_at"], decode_choices(row["choices"]), decode_questions(row["asked"]))


async def keep_kind_forms(database: Database, profiles: Mapping[str, Profile] | None = None) -> int:
    """Keep what every kind asks from now on, where that is new: how many were. For whatever starts to serve."""
    async with database.connection() as connection:
        kept = await connection.fetchval(KEEP, _encoded(load_profiles() if profiles is None else profiles))
        await connection.execute(COMMIT)
    return kept or 0


async def keep_kind_forms_at(app_url: str) -> None:
    """The same by a connection of its own, for what starts without serving pages and records incidents too."""
    connection = await passwords.connect(app_url)
    try:
        await connection.execute(KEEP, _encoded(load_profiles()))
    finally:
        await connection.close()


def _encoded(profiles: Mapping[str, Profile]) -> str:
    forms = [
        {"kind": kind, "nation": nation.value, "questions": said.ordered_questions(), "reported": dict(said.reported)}
        for kind, profile in profiles.items()
        for nation in Nation
        for said in (profile.at(nation),)
    ]
    return msgspec.json.encode(forms, enc_hook=dict).decode()
