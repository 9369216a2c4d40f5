"""Invented cases for figures: written by one statement, and told by plain Python, so that both can be compared."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from safeguard import clock
from safeguard.helpline.desk import load_desk
from safeguard.helpline.endings import ENDINGS
from safeguard.helpline.report.theming import open_theme
from safeguard.helpline.waving import open_wave
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

PROFILE = profile_of("helpline")
HELPLINE = load_bank_holidays().helpline
ADD_CASES = """
insert into public.helpline_cases (organisation_id, id, reference, channel, state, caller, sector, gender, summary,
    issues, platforms, received_at, queued_at, received_by_name, answered_at, ended_at, wave_id, themes, ending)
select (select sec.current_organisation()), n.id, n.reference, n.channel, n.state, n.caller, n.sector, n.gender,
    'Words.', string_to_array(n.issues, ' '), string_to_array(n.platforms, ' '), n.received_at, n.received_at, 'Sample',
    n.answered_at, n.ended_at, n.wave_id, string_to_array(n.themes, ' ')::uuid[], n.ending
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::uuid[], $14::text[], $15::text[])
    n (id, reference, channel, state, caller, sector, gender, issues, platforms, received_at, answered_at, ended_at,
        wave_id, themes, ending)
"""
ADD_ENTRIES = """
insert into public.helpline_entries (organisation_id, id, case_id, kind, state, written_at, written_by_name)
select (select sec.current_organisation()), n.id, n.case_id, n.kind, n.state, n.at, 'Sample'
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) n (id, case_id, kind, state, at)
"""
ADD_GUIDANCE = """
insert into public.helpline_entries (organisation_id, id, case_id, kind, guidance, written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, 'answer', $3, $4, 'Sample')
"""
ADD_FEEDBACK = """
insert into public.helpline_feedback (organisation_id, id, case_id, helpful, words, came_by, given_at)
values ((select sec.current_organisation()), $1, $2, $3, '', 'desk', $4)
"""
NUMBERS = count()


def _next_reference() -> str:
    """One that no other case has: among thousands of random ones two would be alike now and then."""
    number, letters = next(NUMBERS), ""
    for _ in range(6):
        number, place = divmod(number, len(clock.REFERENCE_ALPHABET))
        letters = clock.REFERENCE_ALPHABET[place] + letters
    return f"{letters[:3]}-{letters[3:]}"


@dataclass(slots=True)
class Invented:
    """One case."""

    received_at: datetime
    channel: str = "phone"
    state: str = "advice_given"
    caller: str = ""
    sector: str = ""
    gender: str = ""
    issues: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    contacts: int = 1
    escalated: bool = False
    guidance: frozenset[str] = frozenset()
    themes: tuple[UUID, ...] = ()
    wave_id: UUID | None = None
    helpful: int | None = None
    ending: str = ""
    id: UUID = field(default_factory=clock.new_id)
    reference: str = field(default_factory=_next_reference)


async def add_cases(work: Work, cases: list[Invented]) -> None:
    await work.driver.execute(
        ADD_CASES, [each.id for each in cases], [each.reference for each in cases], [each.channel for each in cases],
        [each.state for each in cases], [each.caller for each in cases], [each.sector for each in cases],
        [each.gender for each in cases], [" ".join(each.issues) for each in cases],
        [" ".join(each.platforms) for each in cases], [each.received_at for each in cases],
        [each.answered_at for each in cases], [each.ended_at for each in cases], [each.wave_id for each in cases],
        [" ".join(map(str, each.themes)) for each in cases], [each.ending for each in cases],
    )  # fmt: skip
    told = [(each, "contact", "") for each in cases for _ in range(each.contacts)]
    told += [(each, "state", "escalated") for each in cases if each.escalated]
    await work.driver.execute(
        ADD_ENTRIES, [clock.new_id() for _ in told], [each.id for each, _, _ in told], [kind for _, kind, _ in told],
        [state for _, _, state in told], [each.received_at for each, _, _ in told],
    )  # fmt: skip


async def mark(work: Work, random: Random, cases: list[Invented]) -> None:
    """Put some into a wave, under themes, with what was pointed to, what they said of it, and how it ended."""
    wave = (await open_wave(work, "A trend", "Words.")).id
    themes = [await open_theme(work, name, "") for name in ("Intimate images", "Deepfakes")]
    codes = [*load_desk().guidance]
    for case in cases:
        case.wave_id = random.choice((None, None, wave))
        case.themes = tuple(random.sample(themes, random.choice((0, 0, 1, 2))))
        case.guidance = frozenset(random.sample(codes, random.choice((0, 1, 2))))
        case.helpful = random.choice((None, 1, 2, 3, 4, 5))
        case.ending = random.choice(("", *ENDINGS)) if case.state == "closed" else ""


async def add_what_was_said(work: Work, cases: list[Invented]) -> None:
    """Guidance, in two answers of which the second repeats the first; and what callers said of the help."""
    for case in cases:
        for _ in range(2 if case.guidance else 0):
            await work.driver.execute(ADD_GUIDANCE, clock.new_id(), case.id, sorted(case.guidance), case.received_at)
        if case.helpful:
            await work.driver.execute(ADD_FEEDBACK, clock.new_id(), case.id, case.helpful, case.received_at)


def invent(random: Random, number: int, first: datetime, days: int) -> list[Invented]:
    """Cases of all kinds, most of them of few."""
    desk, made = load_desk(), []
    issues, platforms = [*PROFILE.issues], [*PROFILE.platforms]
    for _ in range(number):
        received = first + timedelta(minutes=random.randrange(days * 24 * 60))
        answered = received + timedelta(minutes=random.randrange(9_000)) if random.random() < 0.8 else None
        ended = answered + timedelta(minutes=random.randrange(30_000)) if answered and random.random() < 0.6 else None
        made.append(Invented(
            received, random.choice(("phone", "phone", "email", "web", "shared")),
            "closed" if ended else random.choice(("advice_given", "signposted", "escalated", "submitted")),
            random.choice(("", "teacher", "teacher", *desk.callers)), random.choice(("", "secondary", *desk.sectors)),
            random.choice(("", "", "female", "male")),
            tuple(random.sample(issues, random.choice((0, 1, 1, 2, 3)))),
            tuple(random.sample(platforms, random.choice((0, 1, 1, 2)))), answered, ended,
            random.choice((1, 1, 2, 4)), random.random() < 0.3,
        ))  # fmt: skip
    return made


def shares(cases: int, of: dict[str, int]) -> list[tuple[str, ...]]:
    """Issues such that each label holds so many percent of the cases, spread over them without regard to the others."""
    code_of = {each.helpline: code for code, each in reversed(PROFILE.issues.items())}
    labels: list[list[str]] = [[] for _ in range(cases)]
    for place, (label, percent) in enumerate(of.items()):
        for number in range(round(cases * percent / 100)):
            labels[(number * 7 + place) % cases].append(code_of[label])
    return [tuple(each) for each in labels]
