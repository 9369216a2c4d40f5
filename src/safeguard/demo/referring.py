"""Two referrals of the school to the helpline, each told on both sides by whoever would have done it.

One is open: a file went with it, two addresses have their steps, and the helpline waits for the platform. One is over,
with what came of it and what the school thought of it. They happen now, whenever the stories of the incidents end: what
goes through the channel is signed with the time at which it goes, and cannot be dated back.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.attachments import checking
from safeguard.attachments.attaching import attach
from safeguard.attachments.kinds import TEXT
from safeguard.channel.bodies import PlatformReport
from safeguard.channel.receipts import KeyOfLog
from safeguard.demo.corresponding import WRITTEN_HERE, Sides, between
from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import place_on, step_on
from safeguard.helpline.writing import add_to_case
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Story
from safeguard.keys.wrapping import Key
from safeguard.referrals.composing import Refer, Told, compose, texts_of
from safeguard.referrals.conversing import close, write
from safeguard.referrals.enclosing import FileToSend
from safeguard.referrals.looking import look_inside
from safeguard.referrals.naming import Named, name_people, softened
from safeguard.referrals.referring import refer
from safeguard.referrals.spotting import look_through, sure
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.work import Work, begin

FIT: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'open' and i.restricted_at is null
    and not i.blocks_attachments and cardinality(i.platforms) > 0
order by ('impersonation' = any (i.issue_types)) desc, i.recorded_at desc, i.id limit 2
"""
"""Of which a helpline could be asked, the one about a false account first."""
REASON: Final = "Somebody in our care is harmed by it, and we cannot reach the platform by ourselves."
NOTES: Final = """What we did, and what came back

Monday, 8:50   Reported the account from the account of whoever is harmed. Reference 77-4410.
Monday, 9:05   "We have received your report."
Wednesday      "We looked at it and found nothing against our rules." No reason was given.
Thursday       Were told of a clip too. Nobody here has opened it, and it was not reported.
"""
ASKED: Final = (
    "The account was reported days ago, the clip was not. Can you take them up, and what should we do meanwhile?"
)
ADDRESSES: Final = ("https://social.example/account/41877", "https://social.example/video/90210")
ADVICE: Final = "May we ask a parent to take down what they wrote about us, and how?"
POST: Final = "https://social.example/group/5512/post/9"
SELF_REPORTED: Final = timedelta(days=4)
GONE: Final = timedelta(hours=20)


async def refer_two(school_id: UUID, helpline_id: UUID, key_of_log: KeyOfLog) -> int:
    """Tell both; how many that were, which is fewer where the school has no open incident that is fit for it."""
    sides = await between(school_id, helpline_id, key_of_log)
    if sides is None:
        return 0
    async with begin(sides.lead) as work:
        fit = [row["id"] for row in await work.driver.fetch(FIT)]
    for incident_id, tell in zip(fit, (_tell_open, _tell_closed), strict=False):
        await tell(sides, incident_id)
    return len(fit)


async def _tell_open(sides: Sides, incident_id: UUID) -> None:
    file = await _attach_notes(sides, incident_id)
    referral_id = await _refer(
        sides, incident_id, asked=("mediation", "advice"), question=ASKED, urgency="soon", urls=ADDRESSES,
        files=(FileToSend(id=file, name="What came back.txt", attested=True),),
        reported=PlatformReport(
            reported_on=(clock.now() - SELF_REPORTED).date().isoformat(), reference="77-4410",
            answered=True, answer="It found nothing against its rules.",
        ),
    )  # fmt: skip
    case_id = await sides.hand_over(referral_id)
    await _begin_case(sides, case_id)
    await _note_steps(sides, case_id, 0, UrlState.REPORTED)
    await _note_steps(sides, case_id, 1, UrlState.GONE)
    await _answer(sides, case_id, "We have read all of it. From whose account was the first one reported?")
    await _move(sides, case_id, State.AWAITING_REFERRER)
    await sides.exchange()
    async with begin(sides.lead) as work:
        await write(
            work, referral_id, "From their own account, on a phone of ours. They kept the message that it gave."
        )
    await sides.exchange()
    await _answer(sides, case_id, "Thank you. We have asked the platform to look again.", "platform_help")
    await _move(sides, case_id, State.ESCALATED)
    await sides.exchange()


async def _tell_closed(sides: Sides, incident_id: UUID) -> None:
    referral_id = await _refer(
        sides, incident_id, asked=("advice", "signposting"), question=ADVICE, urgency="routine", urls=(POST,)
    )
    case_id = await sides.hand_over(referral_id)
    await _begin_case(sides, case_id)
    await _note_steps(sides, case_id, 0, UrlState.GONE)
    await _answer(
        sides, case_id, "Ask in person or by letter, not in the group; say what is untrue in it, and leave out the"
        " rest. Keep the dates. If they go on, tell us.", "platform_help",
    )  # fmt: skip
    await _move(sides, case_id, State.ADVICE_GIVEN)
    await sides.exchange()
    async with begin(sides.lead) as work:
        await close(
            work, referral_id, "advice_given", "They had taken it down by themselves; we talked all the same.", 5,
            "Somebody answered within the hour, and knew what we may do and what not.",
        )  # fmt: skip
    await sides.exchange()


async def _attach_notes(sides: Sides, incident_id: UUID) -> UUID:
    """A page of notes, attached and passed as clean: its only author stands above."""
    whole = NOTES.encode()
    key, name = Key(clock.System().random_bytes(32)), f"files/{clock.System().random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, objects.once(whole))
    upload = Upload("What came back.txt", "", TEXT, len(whole), sha256(whole).digest(), name, key)
    async with begin(sides.lead) as work:
        file = await attach(work, incident_id, upload, "Noted as it happened.", promised=True)
    async with begin(sides.lead) as work:
        await checking.keep_verdict(work, file.id, WRITTEN_HERE)
    return file.id


async def _refer(sides: Sides, incident_id: UUID, **wanted: object) -> UUID:
    """As the form does it: everybody by a pseudonym, and no account in which a name is still to be found."""
    async with begin(sides.lead) as work:
        story = await read_incident(work, incident_id)
        people = await name_people(work, story.present, work.now().date())
        asked = _asked(sides, story, people, wanted)
        profile = profile_of(sides.place.kind, sides.place.nation)
        composed = compose(asked, story, people, sides.place, profile)
        inside = await look_inside(work, asked.files, composed.enclosed)
        if sure(await look_through(work, texts_of(composed, inside), people, story.facts.accounts)):
            composed = msgspec.structs.replace(composed, account="", steps_taken="", happened="")
        files = [file.id for file in asked.files]
        return (await refer(work, incident_id, composed, sides.helpline_id, people, files)).id


def _asked(sides: Sides, story: Story, people: tuple[Named, ...], wanted: dict[str, object]) -> Refer:
    facts = story.facts
    asked = msgspec.structs.replace(
        Refer(
            asked=("advice",), question="", lawful_basis="public_task", condition="safeguarding", reason=REASON,
            contact_name=sides.lead.name, contact_role="Designated safeguarding lead",
            contact_telephone="01632 960141", account=softened(facts.narrative, people),
            steps_taken=softened(facts.immediate_action, people), happened=softened(facts.happened_words, people),
            issues=facts.issue_types, platforms=facts.platforms,
            people=tuple(Told(id=each.person.id) for each in people),
        ),
        **wanted,
    )  # fmt: skip
    if asked.reported is None:
        return asked
    code = facts.platforms[0]
    name = profile_of(sides.place.kind, sides.place.nation).platforms[code].name
    report = msgspec.structs.replace(asked.reported, platform=name, platforms=(code,))
    return msgspec.structs.replace(asked, reported=report)


async def _begin_case(sides: Sides, case_id: UUID) -> None:
    """Somebody takes it, and says so."""
    async with begin(sides.practitioner) as work:
        case = await get_case(work, case_id)
        await give_case(work, case, work.actor.user_id, "", case.version)
    for state in (State.ACKNOWLEDGED, State.TRIAGED):
        await _move(sides, case_id, state)


async def _move(sides: Sides, case_id: UUID, state: State) -> None:
    async with begin(sides.practitioner) as work:
        case = await get_case(work, case_id)
        await move_case(work, case, state, "", case.version)


async def _answer(sides: Sides, case_id: UUID, words: str, *guidance: str) -> None:
    async with begin(sides.practitioner) as work:
        case = await get_case(work, case_id)
        await add_to_case(work, case, "answer", "shared", words, guidance, distressing=False)


async def _note_steps(sides: Sides, case_id: UUID, number: int, *states: UrlState) -> None:
    """Say of which platform an address is, which an invented host does not tell, and what happened to it."""
    for state in states:
        async with begin(sides.practitioner) as work:
            case = await get_case(work, case_id)
            url = await _placed(work, case, number)
            now = work.now()
            gone = state is UrlState.GONE
            await step_on(work, url, state, now - GONE if gone else now, "" if gone else "DSK-2093", "", url.version)


async def _placed(work: Work, case: Case, number: int) -> Url:
    urls = sorted(await list_urls_of(work, case.id), key=lambda each: each.address)
    url = urls[number]
    return url if url.platform or not case.platforms else await place_on(work, url, case.platforms[0], url.version)
