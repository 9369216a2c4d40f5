"""What waits in a helpline's queue: cases of every state, age, channel and urgency, some of them beyond their limit.

They were open in the older system when the desk moved, which is what lets them be older than this minute; everything
that was done with them since is done by the verbs of the desk. The newest come by telephone today (`desking`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard.access.actors import Actor
from safeguard.helpline.case import Case, ToldOn
from safeguard.helpline.debriefing import hold_debrief
from safeguard.helpline.hearing import hear
from safeguard.helpline.importing.cases import make, origin_of
from safeguard.helpline.importing.earlier import EarlierCase
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.queries import find_by_origin, get_case, list_team, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.helpline.taking import Facts, change_facts
from safeguard.helpline.telling_on import tell_on
from safeguard.helpline.writing import add_to_case
from safeguard.intake.importing.use import Import
from safeguard.tenancy.profile import Profile
from safeguard.work import Work, begin

_S = State


class Waiting(NamedTuple):
    """One case of the queue."""

    hours: int
    """By the clock since it came."""
    channel: str
    caller: str
    sector: str
    name: str
    organisation: str
    contact: str
    issues: tuple[str, ...]
    platforms: tuple[str, ...]
    words: str
    priority: str = "usual"
    at_risk: bool = False
    way: tuple[State, ...] = ()
    """The states that it passes from triaged."""
    answer: str = ""
    guidance: tuple[str, ...] = ()
    heard: str = ""
    """What they wrote again, which nobody has answered."""
    confidence: str = ""
    told_on: tuple[str, str, str] = ("", "", "")
    address: str = ""
    steps: tuple[UrlState, ...] = ()
    given: bool = True


SAME: Final = "https://tiktok.example/@mr-corrigan-maths"
"""An address that two cases name."""
QUEUE: Final = (
    Waiting(3, "phone", "teacher", "secondary", "Ines Calder", "Thornwick Academy", "07700 900321",
            ("sexual_blackmail", "nudes"), ("snapchat",),
            "A boy of fourteen is threatened: pay by tonight, or a picture goes to his class.",
            "urgent", at_risk=True, given=False,
            told_on=("Police, 101, reference 22/0417", "He is threatened now, and has said that he cannot go home.",
                     "His age, the account's name, and that his form tutor is with him.")),
    Waiting(22, "email", "social_care", "social_care", "Peter Lund", "Marsh Lane children's team",
            "p.lund@marshlane.example", ("grooming",), ("roblox", "discord"),
            "A child in our care moved from a game to a private chat with somebody who calls himself sixteen.",
            "urgent", at_risk=True, way=(_S.ADVICE_GIVEN,), guidance=("ceop", "grooming"),
            answer="Keep the conversation as it is, and report it to CEOP today. We would not block the account yet."),
    Waiting(30, "web", "school_staff", "primary", "Oona Whitfield", "St Brannoc's CE Primary School",
            "office@st-brannocs.example", ("impersonation",), ("tiktok",),
            "An account uses our badge and posts about the head. Parents believe it is ours.", "soon",
            address="https://tiktok.example/@st-brannocs-official", steps=(UrlState.SELF_REPORTED,)),
    Waiting(52, "phone", "sport", "sport", "Dev Malik", "Eastgate Swimming Club", "07700 900544",
            ("cyberbullying",), ("whatsapp",), "A group of older swimmers leaves one girl out and mocks her times.",
            way=(_S.AWAITING_REFERRER,), answer="Which of the messages does she still have, as text?"),
    Waiting(75, "email", "teacher", "further_education", "Marguerite Featherstonehaugh-Cholmondeley",
            "The Royal Borough of Wetherby-on-the-Wold Further Education and Sixth Form College",
            "m.featherstonehaugh-cholmondeley@wetherby-on-the-wold.example", ("reputation", "harassment_of_staff"),
            ("google_search", "facebook"), "A former student writes reviews that name me. They are the first result.",
            way=(_S.ESCALATED,), answer="We have taken the review to Google, and will tell you what it says.",
            guidance=("reputation", "education_support"),
            address="https://google-search.example/reviews/881", steps=(UrlState.REPORTED,),
            heard="There is a second review since this morning, with my photo."),
    Waiting(98, "phone", "carer", "home", "Joy Adeyemi", "", "07700 900777", ("nudes",), ("instagram",),
            "Our foster daughter found a picture of herself from two years ago.", "soon",
            way=(_S.SIGNPOSTED,), guidance=("report_remove", "childline"),
            answer="Report Remove takes it down without anybody looking at it. She can do it with you beside her."),
    Waiting(146, "email", "early_years", "early_years", "Hattie Brook", "Little Acorns Nursery",
            "hattie@little-acorns.example", ("digital_privacy",), ("facebook",),
            "A parent filmed the nativity play and put it online with the children's names.",
            way=(_S.ADVICE_GIVEN, _S.AWAITING_REFERRER), answer="Has the parent been asked? That is the quickest way."),
    Waiting(171, "web", "charity", "voluntary", "Sol Abernathy", "Harbour Youth Project", "sol@harbour.example",
            ("self_harm",), ("x", "telegram"), "Members share a channel that shows how to hurt yourself.",
            "soon", way=(_S.ESCALATED, _S.PLATFORM_RESPONDED), guidance=("self-harm", "harmful_content"),
            address="https://telegram.example/c/quiet-room", steps=(UrlState.REPORTED, UrlState.REFUSED)),
    Waiting(220, "phone", "teacher", "secondary", "Will Corrigan", "Brackenhurst School", "07700 900118",
            ("impersonation", "harassment_of_staff"), ("tiktok",),
            "Three accounts in my name, one of them with a picture made by a machine.",
            way=(_S.ESCALATED, _S.PLATFORM_RESPONDED, _S.RESOLVED), confidence=(
                "I have not told my head, because I was warned last year and am afraid for my post."),
            answer="All three are gone. Look again in a week, and tell us if one comes back.",
            address=f"{SAME} https://tiktok.example/@corrigan.will https://tiktok.example/@mrcorrigan2",
            steps=(UrlState.REPORTED, UrlState.REMOVED)),
    Waiting(265, "email", "faith", "faith", "Ruth Pallister", "Elm Road Chapel", "ruth@elmroad.example",
            ("extremism",), ("youtube",), "A young man of our group posts videos that worry the others.",
            given=False),
    Waiting(340, "web", "medical", "health", "Dr Imran Sayle", "Westbourne CAMHS", "i.sayle@westbourne.example",
            ("harmful_content",), ("reddit",), "Patients describe one forum again and again. Can it be reported?",
            address="https://reddit.example/r/thin-mirror", steps=(UrlState.SELF_REPORTED,)),
    Waiting(410, "phone", "local_authority", "local_authority", "Bryn Hollis", "Carrow County Council", "01632 960188",
            ("branding",), ("instagram",), "An account answers families in the council's name.",
            way=(_S.ESCALATED, _S.PLATFORM_RESPONDED, _S.NOT_UPHELD),
            address="https://instagram.example/carrow.council.help", steps=(UrlState.REPORTED, UrlState.REFUSED)),
)  # fmt: skip
WHY: Final = "The platform finds that it breaks none of its rules."


async def fill_queue(supervisor: Actor, profile: Profile, found: Import, at: datetime) -> None:
    """Bring what was open, and do with it what a desk would have done."""
    async with begin(supervisor, dated=at) as work:
        team = await list_team(work)
        for number, told in enumerate(QUEUE):
            case = await _bring(work, profile, found, number, told, at)
            if told.given:
                case = await give_case(work, case, team[number % len(team)][0], "", case.version)
            await _go_on(work, profile, case, told)
        await _look_after(work, team)


async def _bring(work: Work, profile: Profile, found: Import, number: int, told: Waiting, at: datetime) -> Case:
    facts = Facts(
        summary=told.words, caller=told.caller, sector=told.sector, caller_name=told.name,
        caller_organisation=told.organisation, caller_contact=told.contact,
        issues=tuple(code for code in told.issues if code in profile.issues),
        platforms=tuple(code for code in told.platforms if code in profile.platforms),
    )  # fmt: skip
    name = f"open-{number:02}"
    received = at - timedelta(hours=told.hours)
    await make(work, found, EarlierCase(number, name, facts, told.channel, received, None, "", ""), profile)
    case = await find_by_origin(work, origin_of(found.source, name))
    if case is None:
        raise RuntimeError("what was just brought is there")
    if told.address:
        await list_addresses(work, case, told.address, facts.platforms[0], named_at=received)
    pressing = msgspec.structs.replace(facts, priority=told.priority, at_risk=told.at_risk)
    return await change_facts(work, profile, case, pressing, case.version) if pressing != facts else case


async def _go_on(work: Work, profile: Profile, case: Case, told: Waiting) -> None:
    if told.confidence:
        await add_to_case(work, case, "confidence", told.channel, told.confidence, (), distressing=True)
    if told.answer or told.guidance:
        await add_to_case(work, case, "answer", told.channel, told.answer, told.guidance, distressing=False)
    for state in told.way:
        case = await move_case(work, case, state, WHY if state is State.NOT_UPHELD else "", case.version)
    for url in await list_urls_of(work, case.id):
        for number, state in enumerate(told.steps, start=1):
            when = case.received_at + timedelta(hours=number * told.hours / (len(told.steps) + 2))
            url = await step_on(work, url, state, when, f"R-{told.hours}" if number == 1 else "", "", url.version)
    if told.told_on[0]:
        to, why, words = told.told_on
        await tell_on(work, case, ToldOn(to=to, why=why, at=work.now() - timedelta(hours=1)), words)
    if told.heard:
        await hear(work, await get_case(work, case.id), told.channel, told.heard, "")


async def _look_after(work: Work, team: Sequence[tuple[UUID, str]]) -> None:
    """A supervisor has talked with one of them."""
    practitioner = [one for one, _ in team if one != work.actor.user_id][-1]
    await hold_debrief(work, practitioner, "A morning without the telephone, and we look again on Friday.")
