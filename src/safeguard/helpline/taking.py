"""Taking a case: what a caller says becomes one, and what was done at once is noted with it."""

from typing import Final

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.case import Case, Entry, case_document
from safeguard.helpline.desk import CHANNELS, GENDERS, PRIORITIES, load_desk
from safeguard.helpline.files.locking import lock_all
from safeguard.helpline.pointing import are_known
from safeguard.helpline.states import ANSWERS, State, way_to
from safeguard.helpline.writing import refuse_second, write_entry
from safeguard.tenancy.blocking import blocks
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

OPEN: Final = """
insert into public.helpline_cases (organisation_id, id, reference, channel, state, priority, at_risk, caller, sector,
    caller_name, caller_organisation, caller_contact, gender, summary, issues, platforms, origin, assigned_to,
    assigned_name, received_at, queued_at, received_by, received_by_name, answered_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23)
"""
CHANGE: Final = """
update public.helpline_cases c set priority = $3, at_risk = $4, caller = $5, sector = $6, caller_name = $7,
    caller_organisation = $8, caller_contact = $9, gender = $10, summary = $11, issues = $12, platforms = $13,
    queued_at = $14, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""
STARTS: Final = (
    State.SUBMITTED, State.ACKNOWLEDGED, State.TRIAGED, State.AWAITING_REFERRER, State.ADVICE_GIVEN, State.SIGNPOSTED,
    State.ESCALATED,
)  # fmt: skip
"""Where a case may stand when it is first noted: somebody who took a call may have helped already."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a case, whoever says it."""

    summary: str
    priority: str = "usual"
    at_risk: bool = False
    caller: str = ""
    sector: str = ""
    caller_name: str = ""
    caller_organisation: str = ""
    caller_contact: str = ""
    gender: str = ""
    issues: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """How it came, and what was done at once."""

    channel: str = "phone"
    state: State = State.ACKNOWLEDGED
    answer: str = ""
    confidence: str = ""
    """What the caller said in confidence: it stays in the helpline's record."""
    guidance: tuple[str, ...] = ()
    distressing: bool = False
    mine: bool = True
    """Whether whoever takes it keeps it."""
    origin: str | None = None
    words: str = ""
    """What they said, where the summary is not all of it."""
    reference: str | None = None
    """By what the caller knows it already, where a page has told them."""


async def take_case(work: Work, profile: Profile, facts: Facts, taken: Taken) -> Case:
    """Open a case; raises `Invalid` for what is missing or not among the desk's choices."""
    work.require(Permission.HELPLINE_WORK)
    _check(facts, profile)
    await _check_taken(work, taken)
    now, mine = work.now(), taken.mine and work.actor.user_id is not None
    case = Case(
        id=clock.new_id(), reference=taken.reference or clock.new_reference(), channel=taken.channel, state=taken.state,
        origin=taken.origin, assigned_to=work.actor.user_id if mine else None,
        assigned_name=work.actor.name if mine else None, received_at=now, received_by_name=work.actor.name,
        answered_at=now if taken.state in ANSWERS or taken.answer else None, **msgspec.structs.asdict(facts),
    )  # fmt: skip
    await _insert(work, case)
    work.record("case.opened", case.id, document=case_document(case))
    await write_entry(work, case.id, "contact", channel=case.channel, words=taken.words or facts.summary,
                      distressing=taken.distressing)  # fmt: skip
    if taken.confidence:
        await write_entry(work, case.id, "confidence", channel=case.channel, words=taken.confidence)
    for state in way_to(case.state)[1:]:
        await write_entry(work, case.id, "state", state=state)
    if taken.answer or taken.guidance:
        await _answer(work, case, taken)
    return case


async def change_facts(work: Work, profile: Profile, before: Case, facts: Facts, seen: int) -> Case:
    """Correct what is known of a case: another version, and the earlier one stays in the log; raises `Conflict`."""
    work.require(Permission.HELPLINE_WORK)
    _check(facts, profile)
    after = msgspec.structs.replace(before, version=seen + 1, **msgspec.structs.asdict(facts))
    done = await work.driver.execute(
        CHANGE, before.id, seen, after.priority, after.at_risk, after.caller, after.sector, after.caller_name,
        after.caller_organisation, after.caller_contact, after.gender, after.summary, list(after.issues),
        list(after.platforms), after.queued_at,
    )  # fmt: skip
    refuse_second(done)
    work.record("case.changed", after.id, document=case_document(after))
    if blocks(after.issues):
        await lock_all(work, after)
    return after


async def _insert(work: Work, case: Case) -> None:
    await work.driver.execute(
        OPEN, case.id, case.reference, case.channel, case.state, case.priority, case.at_risk, case.caller, case.sector,
        case.caller_name, case.caller_organisation, case.caller_contact, case.gender, case.summary, list(case.issues),
        list(case.platforms), case.origin, case.assigned_to, case.assigned_name, case.received_at, case.queued_at,
        work.actor.user_id, case.received_by_name, case.answered_at,
    )  # fmt: skip


async def _answer(work: Work, case: Case, taken: Taken) -> Entry:
    return await write_entry(work, case.id, "answer", channel=case.channel, words=taken.answer, guidance=taken.guidance)


def _check(facts: Facts, profile: Profile) -> None:
    desk, errors = load_desk(), list[FieldError]()
    if not facts.summary:
        errors.append(FieldError("summary", "Say what the caller told you, even in one sentence."))
    for name, said, known in (
        ("caller", facts.caller, desk.callers), ("sector", facts.sector, desk.sectors),
        ("gender", facts.gender, GENDERS), ("priority", facts.priority, PRIORITIES),
    ):  # fmt: skip
        if said and said not in known:
            errors.append(FieldError(name, "Choose one of the answers on the page."))
    if not set(facts.issues) <= profile.issues.keys():
        errors.append(FieldError("issues", "Choose from the issues on the page."))
    if not set(facts.platforms) <= profile.platforms.keys():
        errors.append(FieldError("platforms", "Choose from the platforms on the page."))
    if errors:
        raise Invalid(*errors)


async def _check_taken(work: Work, taken: Taken) -> None:
    if taken.channel not in CHANNELS:
        raise Invalid(FieldError("channel", "Choose how they reached you."))
    if taken.state not in STARTS:
        raise Invalid(FieldError("state", "Choose one of the answers on the page."))
    if not await are_known(work, taken.guidance):
        raise Invalid(FieldError("guidance", "Choose from the guidance on the page."))
    if taken.state is State.SIGNPOSTED and not taken.guidance:
        raise Invalid(FieldError("guidance", "Tick what you pointed them to."))
    if taken.state is State.ADVICE_GIVEN and not taken.answer:
        raise Invalid(FieldError("answer", "Say what you advised."))
