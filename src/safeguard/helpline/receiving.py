"""Receiving what arrives over the channel: a referral becomes a case, what follows is written to it.

Whoever opened the envelope has checked who sent it, and in what order: `sender` is the organisation that the envelope
proves, as an id. A referral is known here by sender and referral together, so that no organisation reaches another's
case by naming its referral. What arrives twice changes nothing twice: a case has one origin.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.channel.addresses import read_address
from safeguard.channel.bodies import (
    Body,
    Closed,
    Enclosed,
    FileStands,
    Message,
    Opened,
    Person,
    PlatformReport,
    Reopened,
    Withdrawn,
)
from safeguard.errors import NotFound
from safeguard.helpline.as_sent import keep_sent, note_closing, note_turn
from safeguard.helpline.case import Case
from safeguard.helpline.crossing import CROSSED, crossed_end
from safeguard.helpline.endings import ENDINGS
from safeguard.helpline.files.arriving import announce, arrive, check_announced, drop_expected, hear_of_lock
from safeguard.helpline.hearing import go_on, note_heard
from safeguard.helpline.moving import move_case, note_their_ending
from safeguard.helpline.queries import find_by_origin
from safeguard.helpline.reported_already import note_reported
from safeguard.helpline.states import State, may_cross, may_follow
from safeguard.helpline.takedown import list_sent
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.telling import tell_state
from safeguard.helpline.web_form.rating import rate_by_channel
from safeguard.helpline.writing import write_entry
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

PRIORITY: Final = {"urgent": "urgent", "soon": "soon", "routine": "usual"}
SECTORS: Final = {"club": "sport", "care": "social_care", "childrens_home": "social_care"}
"""Kind of organisation -> sector, where one says the other."""
CALLERS: Final = {"school": "school_staff", "club": "sport", "care": "social_care", "childrens_home": "social_care"}
AGES: Final = {"adult": "adult", "unknown": "", "under_5": "under 5"}
WITHDRAWN: Final = "Withdrawn by whoever referred."
CLOSED: Final = "Closed by whoever referred."
REOPENED: Final = "Opened again by whoever referred."
ANSWERED: Final = "They answered."
PARTS: Final = {"affected": "affected", "alleged": "alleged to have harmed", "witness": "witness"}


async def receive(work: Work, body: Body, *, sender: UUID, profile: Profile) -> Case:
    """Take one body that arrived; raises `NotFound` for a referral that never opened here, `Refused` as its files."""
    work.require(Permission.HELPLINE_WORK)
    origin = f"{sender}/{body.referral}"
    case = await find_by_origin(work, origin)
    if isinstance(body, Opened):
        check_announced(body)
        return case or await _open(work, body, origin, profile)
    if case is None:
        raise NotFound
    return await _follow(work, case, body)


async def _follow(work: Work, case: Case, body: Body) -> Case:
    match body:
        case Withdrawn():
            await drop_expected(work, case)
            await note_turn(work, case.id)
            return await _end(work, case, State.WITHDRAWN, WITHDRAWN, body.reason)
        case Closed():
            await note_closing(work, case.id)
            await _keep_feedback(work, case, body)
            ending = body.outcome if body.outcome in ENDINGS else ""
            noted = await note_their_ending(work, case, ending)
            return await _end(work, noted, State.CLOSED, CLOSED, body.words, ending)
        case Reopened():
            await note_turn(work, case.id)
            reopened = await note_heard(work, await _reopen(work, case, body.reason or REOPENED))
            await tell_state(work, reopened)
            return reopened
        case Message():
            return await _hear(work, case, body)
        case Enclosed():
            await arrive(work, case, body)
        case FileStands():
            await hear_of_lock(work, case, body)
        case _:
            pass
    return case


async def _open(work: Work, body: Opened, origin: str, profile: Profile) -> Case:
    """Codes that the desk does not know are left out: another version of the lists may have sent them."""
    facts = Facts(
        summary=_about(body), priority=PRIORITY[body.urgency], at_risk=body.child_at_risk,
        caller=CALLERS.get(body.organisation_kind, ""), sector=SECTORS.get(body.organisation_kind, ""),
        caller_name=body.contact_name, caller_organisation=body.organisation, caller_contact=body.contact_telephone,
        issues=tuple(code for code in body.issues if code in profile.issues),
        platforms=tuple(code for code in body.platforms if code in profile.platforms),
    )  # fmt: skip
    taken = Taken(channel="shared", state=State.SUBMITTED, mine=False, origin=origin, words=_told(body))
    case = await take_case(work, profile, facts, taken)
    await keep_sent(work, case.id, body)
    await list_sent(work, case, body.urls)
    await note_reported(work, case, body.reported, profile)
    await announce(work, case, body)
    return case


async def _hear(work: Work, case: Case, body: Message) -> Case:
    """What crosses an ending opens the case again: they could not know of it when they wrote."""
    words = "\n".join((f"{body.author}: {body.words}", *(each.url for each in body.urls)))
    await write_entry(work, case.id, "contact", channel="shared", words=words)
    await list_sent(work, case, body.urls)
    return await go_on(work, await note_heard(work, case), CROSSED if case.ended else ANSWERED)


async def _end(work: Work, case: Case, state: State, reason: str, said: str, ending: str = "") -> Case:
    """Both sides may end it at once, and neither needs the other's leave: what cannot follow is only written down.

    `reason` is what stands where they gave none; what they `said` is written down even where it ended so already. Where
    the desk was in the midst of it, the queue shows that they ended it: what is still to do is the desk's to decide.
    """
    if may_follow(case.state, state) or may_cross(case.state, state):
        return await move_case(work, case, state, said or reason, case.version, ending=ending, heard=True)
    if state is State.CLOSED and (ended := await crossed_end(work, case)):
        return await _end_again(work, case, ended, said or reason, ending)
    if not case.ended:
        await write_entry(work, case.id, "contact", channel="shared", words=f"{reason} {said}".strip())
        return await note_heard(work, case)
    if said or case.state is not state:
        await write_entry(work, case.id, "contact", channel="shared", words=said or reason)
    return case


async def _end_again(work: Work, case: Case, ended: State, said: str, ending: str) -> Case:
    """What they wrote crossed our end and opened it; they have ended it since: it stands as we had ended it."""
    again = await move_case(work, case, ended, said, case.version, ending=ending, heard=True)
    if ended is State.DECLINED:  # they call it closed, until they hear
        await tell_state(work, again)
    return again


async def _reopen(work: Work, case: Case, reason: str) -> Case:
    """Both may open it again at once; what they say is new is kept either way, and the desk has heard of it."""
    if case.ended:
        return await move_case(work, case, State.TRIAGED, reason, case.version, heard=True)
    await write_entry(work, case.id, "contact", channel="shared", words=reason)
    return case


async def _keep_feedback(work: Work, case: Case, body: Closed) -> None:
    said = [f"{body.helpful} of 5" if body.helpful else "", body.feedback]
    if words := ": ".join(part for part in said if part):
        await write_entry(work, case.id, "feedback", channel="shared", words=words)
    await rate_by_channel(work, case.id, body.helpful, body.feedback)


def _about(body: Opened) -> str:
    """In their own words; the rest stands beside it, as it was sent."""
    return body.question.strip() or body.account.strip() or f"Referral {body.reference}"


def _told(body: Opened) -> str:
    """The words of the referral as one text, whole, in the order in which they were asked: the first contact."""
    people = [_person(each) for each in body.people]
    parts = [
        body.question, body.account, body.steps_taken, "; ".join(people), ", ".join(body.handles),
        _reported(body.reported),
        "\n".join(each.url for each in body.urls if read_address(each.url) is None), f"Reference {body.reference}",
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _person(each: Person) -> str:
    """As a sentence has it: `Child A (affected, aged 11 to 13)`."""
    aged = AGES.get(each.age_band, f"aged {each.age_band.replace('_', ' ')}")
    known = ", ".join(part for part in (PARTS.get(each.role, ""), aged) if part)
    name = each.real_name or each.pseudonym
    return f"{name} ({known})" if known else name


def _reported(said: PlatformReport | None) -> str:
    """That they reported it to the platform, with what they noted of it."""
    if said is None:
        return ""
    facts = [said.platform, said.reported_on, f"reference {said.reference}" if said.reference else ""]
    told = ", ".join(fact for fact in facts if fact)
    begun = f"Reported to the platform already: {told}." if told else "Reported to the platform already."
    if said.answered is False:
        return f"{begun} It has not answered. {said.answer}".rstrip()
    if said.answer:
        return f"{begun} It answered: {said.answer}" if said.answered is True else f"{begun} {said.answer}"
    return f"{begun} It has answered." if said.answered is True else f"{begun} No answer is noted."
