"""Where every register stands, in one sentence each: for the page that leads to them, and for a control's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from safeguard.access.policy import Permission
from safeguard.registers import feeding
from safeguard.registers.committee.gathering import list_meetings, list_seats
from safeguard.registers.duties.doing import CONTROLS as DUTIES
from safeguard.registers.duties.duty import duties_of
from safeguard.registers.duties.queries import read_standings
from safeguard.registers.filtering.queries import read_state
from safeguard.registers.home.following import REVIEW, VISIT, list_followed
from safeguard.registers.home.part import keeps_home
from safeguard.registers.policies.queries import Line, list_policies
from safeguard.registers.training.queries import list_learners, reached, shares
from safeguard.registers.voice.listening import list_impacts, list_sessions
from safeguard.standards.panels import RegisterLine
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

BASE: Final = "/standards/registers"
YEAR: Final = 365
CONTROLS: Final[Mapping[str, tuple[str, ...]]] = {
    "policies": tuple(dict.fromkeys((*feeding.POLICY, *feeding.AGREEMENT))),
    "training": (*feeding.LEARNING.values(), feeding.EVENTS),
    "filtering": feeding.FILTERING,
    "committee": feeding.COMMITTEE,
    "voice": feeding.VOICE,
    "impact": feeding.IMPACT,
    "duties": tuple(dict.fromkeys(code for codes in DUTIES.values() for code in codes)),
}
"""Which register shows something of which control of PIES."""


@dataclass(frozen=True, slots=True)
class Register:
    """One register, and where it stands."""

    code: str
    name: str
    about: str
    says: str
    presses: bool = False
    """Whether something in it is late."""

    @property
    def href(self) -> str:
        """Its page."""
        return f"{BASE}/{self.code}"


async def read_registers(work: Work, profile: Profile, today: date) -> tuple[Register, ...]:
    """Every register that the reader may open."""
    work.require(Permission.REGISTER_READ)
    return (
        await _policies(work, today),
        await _training(work, profile, today),
        await _filtering(work, today),
        await _committee(work, profile, today),
        await _voice(work, profile, today),
        await _impact(work, today),
        *([await _duties(work, profile)] if duties_of(profile) else ()),
        *([await _home(work)] if keeps_home(profile) else ()),
    )


async def lines_of(work: Work, profile: Profile, today: date, control: str) -> tuple[RegisterLine, ...]:
    """What the registers say of a control of PIES, for its page."""
    if not work.may(Permission.REGISTER_READ):
        return ()
    makers = {
        "policies": lambda: _policies(work, today),
        "training": lambda: _training(work, profile, today),
        "filtering": lambda: _filtering(work, today),
        "committee": lambda: _committee(work, profile, today),
        "voice": lambda: _voice(work, profile, today),
        "impact": lambda: _impact(work, today),
        "duties": lambda: _duties(work, profile),
    }
    kept = [code for code in makers if code != "duties" or duties_of(profile)]
    found = [await makers[code]() for code in kept if control in CONTROLS[code]]
    return tuple(RegisterLine(one.name, one.says, one.href, one.presses) for one in found)


async def _policies(work: Work, today: date) -> Register:
    rows = await list_policies(work, today)
    late, stale = sum(row.late for row in rows), [row for row in rows if row.renew_on < today]
    name, about = gettext("Policies and agreements"), gettext("What people read and sign, and who has.")
    if not rows:
        return Register("policies", name, about, gettext("Nothing is published yet."))
    return Register("policies", name, about, _said_of(rows, late, len(stale)), presses=bool(late or stale))


def _said_of(rows: tuple[Line, ...], late: int, stale: int) -> str:
    parts = [ngettext("%(num)s is in force.", "%(num)s are in force.", len(rows)) % {"num": len(rows)}]
    if late:
        words = ngettext("%(num)s reading or signature is late.", "%(num)s readings or signatures are late.", late)
        parts.append(words % {"num": late})
    if stale:
        parts.append(ngettext("%(num)s is past its review.", "%(num)s are past their review.", stale) % {"num": stale})
    return " ".join(parts)


async def _training(work: Work, profile: Profile, today: date) -> Register:
    learners = await list_learners(work)
    name = gettext("Training and engagement")
    about = gettext("Who learnt what, who is in date, and who was reached.")
    if not await reached(work, today) and not any(one.last_on for one in learners):
        return Register("training", name, about, gettext("Nothing is recorded yet."))
    words = {"staff": profile.title("staff"), "governors": profile.title("governors")}
    parts = [
        gettext("%(who)s: %(percent)s %% in date.") % {"who": words[one.audience], "percent": one.percent}
        for one in shares(learners, today)
    ]
    return Register("training", name, about, " ".join(parts), presses=any(not one.in_date(today) for one in learners))


async def _filtering(work: Work, today: date) -> Register:
    state = await read_state(work, today)
    name = gettext("Filtering and monitoring")
    about = gettext("What is blocked and why, who checks it, and the yearly review.")
    overdue = state.due_on is None or state.due_on < today
    reviewed = gettext("The yearly review is overdue.") if overdue else gettext("The yearly review is in date.")
    parts = [reviewed if state.due_on else gettext("No yearly review is recorded yet.")]
    if state.named < 2:
        parts.append(gettext("Not everybody who answers for it is named."))
    if state.failed:
        parts.append(
            ngettext("%(num)s check did not go as meant.", "%(num)s checks did not go as meant.", state.failed)
            % {"num": state.failed}
        )
    return Register("filtering", name, about, " ".join(parts), presses=overdue or state.named < 2)


async def _committee(work: Work, profile: Profile, today: date) -> Register:
    meetings, seats = await list_meetings(work), await list_seats(work)
    name, about = profile.title("committee"), gettext("Who sits in it, what it decided, and what came of it.")
    if not meetings:
        return Register("committee", name, about, gettext("No meeting is recorded."))
    open_now, last = sum(met.open for met in meetings), meetings[0].meeting.held_on
    parts = [
        _ago(
            (today - last).days,
            gettext("Last met today."),
            gettext("Last met yesterday."),
            gettext("Last met %(days)s days ago."),
        )
    ]
    parts.append(ngettext("%(num)s action is open.", "%(num)s actions are open.", open_now) % {"num": open_now})
    if not any(seat.is_child and seat.left_on is None for seat in seats):
        parts.append(gettext("No child sits in it."))
    return Register("committee", name, about, " ".join(parts), presses=(today - last).days > YEAR // 2)


async def _voice(work: Work, profile: Profile, today: date) -> Register:
    sessions = await list_sessions(work)
    name = gettext("What %(pupils)s say") % {"pupils": profile.word("pupils")}
    about = gettext("Surveys and conversations, and what was done about them.")
    if not sessions:
        return Register("voice", name, about, gettext("Nobody has been asked yet."))
    ago = (today - sessions[0].held_on).days
    return Register(
        "voice",
        name,
        about,
        _ago(
            ago,
            gettext("Last asked today."),
            gettext("Last asked yesterday."),
            gettext("Last asked %(days)s days ago."),
        ),
        presses=ago > YEAR,
    )


def _ago(days: int, today: str, yesterday: str, earlier: str) -> str:
    return today if days < 1 else yesterday if days == 1 else earlier % {"days": days}


async def _impact(work: Work, today: date) -> Register:
    impacts = await list_impacts(work)
    name = gettext("What changes have done")
    about = gettext("The level and incidents before and after a policy, practice or procedure was changed.")
    if not impacts:
        return Register("impact", name, about, gettext("No change is looked at yet."))
    waiting = sum(not one.verdict for one in impacts)
    says = ngettext("%(num)s change is looked at.", "%(num)s changes are looked at.", len(impacts)) % {
        "num": len(impacts)
    }
    if waiting:
        says += " " + ngettext("%(num)s is not judged yet.", "%(num)s are not judged yet.", waiting) % {"num": waiting}
    return Register("impact", name, about, says)


async def _duties(work: Work, profile: Profile) -> Register:
    found = await read_standings(work, profile)
    name, about = gettext("Visits and reviews"), gettext("What comes round again: when it was last done, and is due.")
    late, unsaid = sum(one.is_overdue for one in found), sum(one.last is None for one in found)
    if not (late or unsaid):
        return Register("duties", name, about, gettext("Everything is in date."), presses=any(o.presses for o in found))
    parts: list[str] = []
    if late:
        parts.append(ngettext("%(num)s is overdue.", "%(num)s are overdue.", late) % {"num": late})
    if unsaid:
        words = ngettext("%(num)s was never recorded.", "%(num)s were never recorded.", unsaid)
        parts.append(words % {"num": unsaid})
    return Register("duties", name, about, " ".join(parts), presses=late > 0 or any(one.presses for one in found))


async def _home(work: Work) -> Register:
    done = [*await list_followed(work, VISIT), *await list_followed(work, REVIEW)]
    name = gettext("Ready for the inspector")
    about = gettext("Notifications, independent visits, reviews of the quality of care, and the figures of Annex A.")
    kept = sum(one.sent_on is None for one in done)
    if not done:
        return Register("home", name, about, gettext("No visit and no review is recorded."), presses=True)
    if not kept:
        return Register("home", name, about, gettext("Every report was sent on."))
    says = ngettext("%(num)s report was not sent on yet.", "%(num)s reports were not sent on yet.", kept)
    return Register("home", name, about, says % {"num": kept}, presses=True)
