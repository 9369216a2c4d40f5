"""Asking for the packs of what is to be taken along: those that are missing, so that asking twice makes none twice."""

from typing import Final, Literal
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack, request_parts_pack, request_period_pack
from safeguard.exports.taking.standing import Thing, list_without_file, read_standing
from safeguard.work import Work

AT_ONCE: Final = 25
"""Packs of one sort that are asked for at once: others who wait for theirs are made in between."""

What = Literal["all", "people", "restricted"]

TAKE_TURNS: Final = "select pg_advisory_xact_lock(hashtextextended('taking ' || sec.current_organisation()::text, 0))"
"""Two who press the button at one moment: the second finds what the first has asked for."""


async def ask_for(work: Work, what: What) -> int:
    """Ask for the packs that are missing, up to `AT_ONCE` of a sort; how many were asked for.

    Of restricted incidents there are packs in the restricted log: they are asked for alone, so that the log which all
    leads read hears of the others.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    await work.driver.execute(TAKE_TURNS)
    if what == "people":
        return await _people(work)
    standing = await read_standing(work)
    if what == "restricted":
        wanted = standing.restricted_missing[:AT_ONCE] if standing.opens_restricted else ()
    else:
        wanted = standing.missing[:AT_ONCE]
    for thing in wanted:
        await _pack(work, thing)
    return len(wanted)


async def _people(work: Work) -> int:
    people = await list_without_file(work, AT_ONCE)
    for person_id in people:
        await request_parts_pack(work, chapters.bound_parts(), "person", Scope(person_id=person_id))
    return len(people)


async def _pack(work: Work, thing: Thing) -> UUID:
    days = (thing.span.first, thing.span.last) if thing.span else (None, None)
    if thing.kind == "period":
        return await request_period_pack(work, *days, Disclosure.COMPLETE, files=True)
    if thing.kind == "incident":
        if thing.id is None:
            raise ValueError("an incident is named by its id")
        return await request_incident_pack(work, chapters.bound(), thing.id, files=True)
    return await request_parts_pack(work, chapters.bound_parts(), thing.kind, Scope(review_id=thing.id), days)
