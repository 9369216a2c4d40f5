"""One step of an invented past, done by the verbs of incidents: as its member, at its moment."""

from uuid import UUID

import msgspec

from safeguard.demo import acts
from safeguard.demo.acts import Step
from safeguard.demo.world import Filling, Told
from safeguard.incidents import (
    acknowledging,
    adding,
    assigning,
    closing,
    correcting,
    identifying,
    informing,
    linking,
    recording,
    triaging,
)
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Facts
from safeguard.work import Work


async def perform(work: Work, filling: Filling, step: Step) -> None:
    """Do one step, as its member, at its moment."""
    if isinstance(step.act, acts.Record):
        story = await recording.record_incident(work, step.act.new, filling.profile)
        filling.told[step.incident] = Told(story.facts, story.people, step.act.new)
        return
    told = filling.told[step.incident]
    match step.act:
        case acts.Add():
            await _add(work, filling, told, step.act)
        case acts.Answer(contact, words):
            new = NewEntry(kind="answer", action_id=told.asked[contact], words=words)
            await adding.add_entry(work, told.facts.id, new)
        case acts.Link(other, words):
            await linking.link(work, told.facts.id, filling.told[other].facts.id, words)
        case acts.Complete(action, words):
            await adding.complete_action(work, told.facts.id, told.actions[action], words)
        case acts.View():
            await read_incident(work, told.facts.id)
        case acts.Identify():
            told.facts = await _identify(work, filling, told)
        case _:
            told.facts = await _change(work, filling, told, step)


async def _add(work: Work, filling: Filling, told: Told, act: acts.Add) -> None:
    owner_id = filling.actors[act.owner].user_id if act.owner is not None else None
    person_id = told.people[act.about].id if act.about is not None else None
    entry = msgspec.structs.replace(act.entry, owner_id=owner_id, person_id=person_id)
    if entry.kind == "plan":
        entry = msgspec.structs.replace(entry, supersedes_id=told.plans.get(person_id))
    added = await adding.add_entry(work, told.facts.id, entry)
    if added.kind == "action":
        told.actions.append(added.id)
    if added.awaits_answer:
        told.asked.append(added.id)
    if added.kind == "plan":
        told.plans[person_id] = added.id


async def _change(work: Work, filling: Filling, told: Told, step: Step) -> Facts:
    """The acts that make a new version of the incident."""
    which = (work, told.facts.id, told.facts.version)
    match step.act:
        case acts.Acknowledge():
            return await acknowledging.acknowledge(*which)
        case acts.Assess(risk, reason):
            return await triaging.assess(*which, risk, reason) if told.facts.risk != risk else told.facts
        case acts.Assign(member):
            return await assigning.assign(*which, filling.actors[member].user_id)
        case acts.Classify(classes):
            return await triaging.classify(*which, classes, filling.profile)
        case acts.Parents(informed, reason):
            known = told.facts.parents_informed == informed
            return told.facts if known else await informing.note_parents(*which, informed, reason)
        case acts.Correct(wrong, right, reason):
            told.new = corrected(told, wrong, right)
            return await correcting.correct(*which, told.new, filling.profile, reason)
        case _:
            return await _end(which, step)


async def _end(which: tuple[Work, UUID, int], step: Step) -> Facts:
    match step.act:
        case acts.Close(how):
            return await closing.close(*which, how)
        case acts.Reopen(reason):
            return await closing.reopen(*which, reason)
        case _:
            raise TypeError(step.act)


async def _identify(work: Work, filling: Filling, told: Told) -> Facts:
    """Say who is who. Somebody alleged who has an account is left to a lead who sees to it by hand."""
    known = {person.id: filling.people.get((person.name, person.group_name)) for person in told.people}
    staff = {person.id for person in told.people if person.connection == "staff" and person.role == "alleged"}
    ties = {one: person_id for one, person_id in known.items() if person_id and one not in staff}
    if not ties:
        return told.facts
    return await identifying.identify_several(work, told.facts.id, told.facts.version, ties)


def corrected(told: Told, wrong: str, right: str) -> NewIncident:
    """The report as it should have read."""
    people = tuple(
        msgspec.structs.replace(new, id=person.id) for new, person in zip(told.new.people, told.people, strict=True)
    )
    narrative = told.facts.narrative.replace(wrong, right, 1)
    return msgspec.structs.replace(told.new, narrative=narrative, people=people)
