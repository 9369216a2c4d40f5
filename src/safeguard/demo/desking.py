"""A helpline's desk: two years of cases brought from an older system, a wave, a ledger, a report and an alert.

Earlier cases are imported, for that is how a helpline begins with this service: they have their own days, and the log
says when they were brought. What is done with them now is done by the verbs of the desk.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.demo.queueing import QUEUE, SAME, fill_queue
from safeguard.helpline.alerts.signalling import KINDS, NATIONS, NewSignal, publish_signal
from safeguard.helpline.case import Case
from safeguard.helpline.importing.cases import make, origin_of
from safeguard.helpline.importing.earlier import EarlierCase
from safeguard.helpline.ledger import ASKED, UrlState
from safeguard.helpline.queries import FIRST, find_by_origin, list_queue, list_urls_of
from safeguard.helpline.report.annual import begin_annual, write_annual
from safeguard.helpline.report.publishing import ask_to_publish, make_annual
from safeguard.helpline.report.recommending import recommend
from safeguard.helpline.report.spans import last_year
from safeguard.helpline.report.theming import code_case, open_theme
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.waving import join_wave, open_wave
from safeguard.intake.importing.use import Import
from safeguard.tenancy.profile import Profile
from safeguard.work import Work, begin

EARLIER: Final = 320
NOW: Final = 9
"""Cases of this week, which nobody has finished."""
SOURCE: Final = "the helpline's old spreadsheet"
CALLERS: Final = ("teacher", "teacher", "teacher", "school_staff", "early_years", "police", "social_care", "sport", "")
SECTORS: Final = ("primary", "secondary", "secondary", "early_years", "social_care", "sport", "")
TALES: Final = (
    ("impersonation", "tiktok", "An account in a teacher's name posts about pupils. How can it be taken down?"),
    ("impersonation", "instagram", "Somebody uses the school's badge for a page of jokes about staff."),
    ("reputation", "facebook", "Parents name a member of staff in a public group."),
    ("reputation", "google_search", "A review says what never happened. It is the first that families find."),
    ("cyberbullying", "snapchat", "A group chat of pupils goes on through the night. The school asks what it may do."),
    ("cyberbullying", "tiktok", "Clips of a pupil are shared with a sound that mocks them."),
    ("gaming", "roblox", "A child met somebody in a game who asks for photos. The caller rang the police already."),
    ("grooming", "snapchat", "Somebody who says he is fifteen writes to several children of one club."),
    ("digital_privacy", "youtube", "A lesson was filmed and put online without anybody being asked."),
    ("self_harm", "x", "Pupils are shown how to hurt themselves. The caller asks how to report it."),
)  # fmt: skip
_U = UrlState
STEPS: Final[Mapping[str, Sequence[Sequence[UrlState]]]] = {
    "resolved": ((_U.REPORTED, _U.REMOVED), (_U.SELF_REPORTED, _U.REPORTED, _U.REMOVED), (_U.REPORTED, _U.REMOVED),
                 (_U.REPORTED, _U.REFUSED, _U.RE_REPORTED, _U.REMOVED)),
    "not_upheld": ((_U.REPORTED, _U.REFUSED), (_U.SELF_REPORTED, _U.REPORTED, _U.REFUSED)),
    "advice_given": ((_U.GONE,), (_U.REPORTED, _U.RESTRICTED), (_U.NOT_ACTIONABLE,)),
    "signposted": ((_U.PASSED_POLICE,), (_U.PASSED_IWF,), (_U.PASSED_IWF, _U.PASSED_POLICE)),
    "no_answer": ((_U.SELF_REPORTED,), (_U.REPORTED, _U.NO_RESPONSE)),
}  # fmt: skip
"""What became of an address, by how its case ended: the one follows from the other."""
TOOK_DOWN: Final = frozenset({"resolved", "not_upheld"})
"""A case that ended so was about something that should come down, so it names an address."""
SAID: Final = {_U.REFUSED: "We found nothing against our rules.", _U.REMOVED: "Removed for pretending to be somebody."}
FOREWORD: Final = (
    "Half of those who rang us wanted to know one thing: what may we do, and what should we leave to others? This"
    " report says what you asked, what platforms made of what we brought them, and what we ask of them."
)
A_WAVE: Final = 12
ENDED: Final = (
    ("advice_given", "Advised, and closed."), ("resolved", "The platform took it down."),
    ("advice_given", "They had what they needed."), ("signposted", "Told where to turn."),
    ("resolved", "It is gone."), ("not_upheld", "The platform found nothing against its rules."),
    ("advice_given", "Advised on the telephone."), ("no_answer", "They were asked, and did not answer."),
)  # fmt: skip
"""How earlier cases ended: the code, and words."""
"""Cases of the wave."""
ALERT: Final = NewSignal(
    title="False accounts in the names of teachers", platform="tiktok",
    words="Pupils make an account with a teacher's name and a photo of the school's page, and ask others to follow it.",
    to_do="Search for the names of your staff and of your school. Report the account from the account of whoever it"
    " pretends to be, keep the date, and tell us after 48 hours if it still stands.",
    kinds=KINDS, nations=NATIONS,
)  # fmt: skip


async def work_desk(supervisor: Actor, profile: Profile, seed: str) -> None:
    """Everything that a visitor of the desk should find there."""
    random, at = Random(seed), clock.now()  # noqa: S311  an invented world: nothing in it is secret
    async with begin(supervisor, dated=at) as work:
        found = _import_of(work, at)
        cases = await _bring(work, found, profile, random, at)
    await fill_queue(supervisor, profile, found, at)
    async with begin(supervisor, dated=at) as work:
        await _gather(work, cases)
        await _take_down(work, cases, random)
        await _answer_the_telephone(work, profile, random)
    async with begin(supervisor, dated=at) as work:
        await publish_signal(work, profile, ALERT)
        annual = await _write(work, at.date())
    async with begin(supervisor, dated=at) as work:
        await make_annual(work, annual)


def _import_of(work: Work, at: datetime) -> Import:
    """The file that the older system wrote."""
    return Import(
        id=clock.new_id(), version=1, source=SOURCE, file_name="cases.csv", size=0, columns="{}", day_order=None,
        state="running", row_count=EARLIER, done_count=0, made_count=0, known_count=0, wrong_count=0, uploaded_at=at,
        uploaded_by_name=work.actor.name, finished_at=None,
    )  # fmt: skip


async def _bring(work: Work, found: Import, profile: Profile, random: Random, at: datetime) -> list[Case]:
    """Two years of earlier cases, most of them in term and in the hours of the desk."""
    begun = datetime(at.year - 2, 1, 5, tzinfo=UTC)
    cases: list[Case] = []
    for number in range(EARLIER):
        days = random.randrange((at - begun).days - 20)
        hour = random.choice((10, 11, 13, 14, 15, 20))
        row = _row(number, random, profile, begun + timedelta(days=days, hours=hour))
        await make(work, found, row, profile)
        case = await find_by_origin(work, origin_of(SOURCE, row.original_id))
        cases += [case] if case else []
    return cases


def _row(number: int, random: Random, profile: Profile, received: datetime) -> EarlierCase:
    issue, platform, words = random.choice(TALES)
    facts = Facts(
        summary=words, caller=random.choice(CALLERS), sector=random.choice(SECTORS),
        issues=(issue,) if issue in profile.issues else (), platforms=(platform,),
        gender=random.choice(("", "", "female", "male")),
    )  # fmt: skip
    ended = received + timedelta(days=random.randrange(1, 18))
    channel = random.choice(("phone", "phone", "email", "email", "web"))
    ending, words_of_end = ENDED[number % len(ENDED)]
    return EarlierCase(number, f"{number:04}", facts, channel, received, ended, words_of_end, "", ending)


async def _gather(work: Work, cases: list[Case]) -> None:
    """A theme and a wave, of those that are about false accounts."""
    alike = [case for case in cases if "impersonation" in case.issues]
    theme = await open_theme(work, "False accounts of staff", "Somebody uses the name or photo of a member of staff.")
    wave = await open_wave(work, "False accounts on TikTok", "Pupils make accounts in the names of their teachers.")
    latest = sorted((case for case in alike if "tiktok" in case.platforms), key=lambda case: case.received_at)[-A_WAVE:]
    for case in alike:
        coded = await code_case(work, case, (theme,), case.version)
        if case in latest:
            await join_wave(work, coded, wave.id, coded.version)
    for case in await list_queue(work, FIRST, len(QUEUE)):
        if "impersonation" in case.issues and "tiktok" in case.platforms:
            await join_wave(work, case, wave.id, case.version)


async def _take_down(work: Work, cases: list[Case], random: Random) -> None:
    """A ledger of what is over: every step lies between the day on which its case came and the day on which it ended.

    What still waits for a platform is named by the open cases (`queueing`).
    """
    for number, case in enumerate(cases):
        if case.ending not in TOOK_DOWN and number % 4:
            continue
        platform = case.platforms[0]
        address = f"https://{platform.replace('_', '-')}.example/account/{number:03}"
        await list_addresses(work, case, address, platform, named_at=case.received_at)
        for url in await list_urls_of(work, case.id):
            at = case.received_at
            for state in random.choice(STEPS[case.ending]):
                at = _later(at, case.ended_at or at, state, random)
                reference = f"{number:03}-{url.version}" if state in ASKED else ""
                url = await step_on(work, url, state, at, reference, SAID.get(state, ""), url.version)


def _later(before: datetime, end: datetime, state: UrlState, random: Random) -> datetime:
    """A moment between two; what the desk does lies in its hours, where that leaves it between them."""
    at = before + (end - before) * random.uniform(0.1, 0.6)
    in_hours = at.replace(hour=random.randrange(10, 15))
    return in_hours if state in ASKED and before < in_hours < end else at


async def _answer_the_telephone(work: Work, profile: Profile, random: Random) -> None:
    """What reached the desk this week."""
    for number in range(NOW):
        issue, platform, words = TALES[number % len(TALES)]
        facts = Facts(
            summary=words, caller="teacher", sector="secondary", caller_name="", at_risk=number == 6,
            issues=(issue,) if issue in profile.issues else (), platforms=(platform,),
            priority=random.choice(("usual", "usual", "soon")),
        )  # fmt: skip
        state = random.choice((State.ACKNOWLEDGED, State.TRIAGED, State.SUBMITTED))
        taken = Taken(channel=random.choice(("phone", "email", "web")), state=state, mine=number % 3 == 0)
        case = await take_case(work, profile, facts, taken)
        if number == 0:  # what another case named, and was removed, before this one came
            await list_addresses(work, case, SAME, platform)


async def _write(work: Work, today: date) -> UUID:
    """The report of the year that is over."""
    year = last_year(today)
    annual = await begin_annual(work, str(year.first.year), f"What professionals asked us in {year.first.year}", year)
    annual = await write_annual(
        work, annual, annual.title, FOREWORD, "More of what is brought to us was made by a machine.", annual.version
    )
    await recommend(work, annual, "Answer reports about members of staff within two days.", "Platforms")
    await recommend(work, annual, "Tell every new member of staff how to make their accounts private.", "Schools")
    await ask_to_publish(work, annual, annual.version)
    return annual.id
