"""Receiving what arrives over the channel: a referral becomes a case, what follows is written to it.

Whoever opened the envelope has checked who sent it, and in what order: `sender` is the organisation that the envelope
proves, as an id. A referral is known here by sender and referral together, so that no organisation reaches another's
case by naming its referral. What arrives twice changes nothing twice: a case has one origin.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
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
from safeguard.helpline.addresses import read_address, read_addresses
from safeguard.helpline.case import Case
from safeguard.helpline.files.arriving import announce, arrive, check_announced, drop_expected, hear_of_lock
from safeguard.helpline.hearing import note_heard
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import find_by_origin
from safeguard.helpline.states import State, may_follow
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.web_form.rating import rate_by_channel
from safeguard.helpline.writing import write_entry
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

PRIORITY: Final = {"urgent": "urgent", "soon": "soon", "routine": "usual"}
SECTORS: Final = {"club": "sport", "care": "social_care", "childrens_home": "social_care"}
"""Kind of organisation -> sector, where one says the other."""
CALLERS: Final = {"school": "school_staff", "club": "sport", "care": "social_care", "childrens_home": "social_care"}
AGES: Final = {"adult": "adult", "unknown": "", "under_5": "under 5"}
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
            return await _end(work, case, State.WITHDRAWN, body.reason)
        case Closed():
            await _keep_feedback(work, case, body)
            return await _end(work, case, State.CLOSED, body.words or "Closed by whoever referred.")
        case Reopened():
            reopened = await _end(work, case, State.TRIAGED, body.reason or "Opened again by whoever referred.")
            return await note_heard(work, reopened)
        case Message():
            await _hear(work, case, body)
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
        summary=_told(body), priority=PRIORITY[body.urgency], at_risk=body.child_at_risk,
        caller=CALLERS.get(body.organisation_kind, ""), sector=SECTORS.get(body.organisation_kind, ""),
        caller_name=body.contact_name, caller_organisation=body.organisation, caller_contact=body.contact_telephone,
        issues=tuple(code for code in body.issues if code in profile.issues),
        platforms=tuple(code for code in body.platforms if code in profile.platforms),
    )  # fmt: skip
    taken = Taken(channel="shared", state=State.SUBMITTED, mine=False, origin=origin)
    case = await take_case(work, profile, facts, taken)
    await _list(work, case, [each.url for each in body.urls])
    await announce(work, case, body)
    return case


async def _hear(work: Work, case: Case, body: Message) -> None:
    await write_entry(work, case.id, "contact", channel="shared", words=f"{body.author}: {body.words}")
    await note_heard(work, case)
    await _list(work, case, [each.url for each in body.urls])


async def _list(work: Work, case: Case, urls: list[str]) -> None:
    """What is no address of a page stays in the words of the referral, and is listed nowhere."""
    text = "\n".join(urls)
    if read_addresses(text).addresses:
        await list_addresses(work, case, text)


async def _end(work: Work, case: Case, state: State, reason: str) -> Case:
    """Both sides may end it at once, and neither needs the other's leave: what cannot follow is only written down."""
    if may_follow(case.state, state):
        return await move_case(work, case, state, reason, case.version)
    if case.state is not state:
        await write_entry(work, case.id, "contact", channel="shared", words=reason)
    return case


async def _keep_feedback(work: Work, case: Case, body: Closed) -> None:
    said = [f"{body.helpful} of 5" if body.helpful else "", body.feedback]
    if words := ": ".join(part for part in said if part):
        await write_entry(work, case.id, "feedback", channel="shared", words=words)
    await rate_by_channel(work, case.id, body.helpful, body.feedback)


def _told(body: Opened) -> str:
    """The referral as one text, in the order in which it was asked."""
    people = [_person(each) for each in body.people]
    parts = [
        body.question, body.account, body.steps_taken, "; ".join(people), ", ".join(body.handles),
        _reported(body.reported),
        "\n".join(each.url for each in body.urls if read_address(each.url) is None), f"Reference {body.reference}",
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)[:20_000]


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
    return f"{begun} It answered: {said.answer}" if said.answer else f"{begun} No answer is noted."
