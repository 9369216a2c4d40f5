"""Publishing an alert: what is going round, what to do about it, and to which organisations it is said.

It tells nothing of a case: a supervisor writes it. A job leaves a copy with each organisation, in a context of that
one; no policy and no statement spans two. What is ended is marked as ended in every copy by the same job.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

KINDS: Final = ("school", "club", "care", "childrens_home", "group")
NATIONS: Final = tuple(str(nation) for nation in Nation)
COLUMNS: Final = """s.id, s.title, s.words, s.to_do, s.platform, s.kinds, s.nations, s.state, s.version, s.reached,
    s.published_at, s.published_by_name, s.ended_at"""
LIST: Final = f"""
select {COLUMNS} from public.helpline_signals s
where s.organisation_id = (select sec.current_organisation()) order by s.published_at desc, s.id desc limit 100
"""  # noqa: S608  our own constants
READ: Final = f"""
select {COLUMNS} from public.helpline_signals s
where s.organisation_id = (select sec.current_organisation()) and s.id = $1
"""  # noqa: S608  our own constants
PUBLISH: Final = """
insert into public.helpline_signals (organisation_id, id, title, words, to_do, platform, kinds, nations, published_at,
    published_by, published_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
END: Final = """
update public.helpline_signals s set state = 'ended', ended_at = $3, version = s.version + 1
where s.organisation_id = (select sec.current_organisation()) and s.id = $1 and s.version = $2
    and s.state = 'published'
"""


class NewSignal(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, and to whom."""

    title: str
    words: str
    to_do: str
    platform: str = ""
    kinds: tuple[str, ...]
    nations: tuple[str, ...]


class Signal(NewSignal, frozen=True, kw_only=True):
    """An alert as it was published."""

    id: UUID
    state: str = "published"
    version: int = 1
    reached: int = 0
    published_at: datetime
    published_by_name: str
    ended_at: datetime | None = None


async def list_signals(work: Work) -> tuple[Signal, ...]:
    """Every alert, the latest first."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(Signal(**dict(row)) for row in await work.driver.fetch(LIST))


async def get_signal(work: Work, signal_id: UUID) -> Signal:
    """One alert; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(READ, signal_id)
    if row is None:
        raise NotFound
    return Signal(**dict(row))


async def publish_signal(work: Work, profile: Profile, new: NewSignal) -> Signal:
    """Publish an alert; raises `Invalid` for what is missing. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    _check(new, profile)
    signal = Signal(
        id=clock.new_id(), published_at=work.now(), published_by_name=work.actor.name, **msgspec.structs.asdict(new)
    )
    await work.driver.execute(
        PUBLISH, signal.id, new.title, new.words, new.to_do, new.platform, list(new.kinds), list(new.nations),
        signal.published_at, work.actor.user_id, work.actor.name,
    )  # fmt: skip
    work.record("signal.published", signal.id, document=_document(signal))
    work.ask("signal.spread", signal.id, key=f"{signal.id} 1")
    return signal


async def end_signal(work: Work, signal_id: UUID, seen: int) -> None:
    """Say that it is over, in every copy; raises `Conflict` where it is already. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    signal, now = await get_signal(work, signal_id), work.now()
    if await work.driver.execute(END, signal_id, seen, now) != "UPDATE 1":
        raise Conflict("This alert has ended already.")
    after = msgspec.structs.replace(signal, state="ended", ended_at=now, version=seen + 1)
    work.record("signal.ended", signal_id, document=_document(after))
    work.ask("signal.spread", signal_id, key=f"{signal_id} {after.version}")


def _check(new: NewSignal, profile: Profile) -> None:
    errors: list[FieldError] = []
    if not new.kinds or not set(new.kinds) <= set(KINDS):
        errors.append(FieldError("kinds", "Choose which organisations are told."))
    if not new.nations or not set(new.nations) <= set(NATIONS):
        errors.append(FieldError("nations", "Choose in which nations they are told."))
    if new.platform and new.platform not in profile.platforms:
        errors.append(FieldError("platform", "Choose from the platforms on the page."))
    if errors:
        raise Invalid(*errors)


def _document(signal: Signal) -> Document:
    return Document("signal", signal.id, signal.version, {
        "title": signal.title, "words": signal.words, "to_do": signal.to_do, "platform": signal.platform,
        "kinds": list(signal.kinds), "nations": list(signal.nations), "state": signal.state,
    })  # fmt: skip
