"""Reading referrals: the list, and one with everything that was said on it and how far each thing has got."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.channel import bodies
from safeguard.channel.addresses import key_of
from safeguard.channel.bodies import Body, Closed, Message, Opened, Reopened, Status, UrlStep, Withdrawn
from safeguard.channel.keeping import PATIENCE
from safeguard.errors import NotFound
from safeguard.referrals.record import READ_COLUMNS, Direction, Referral, of_row
from safeguard.referrals.resending import may_go_again
from safeguard.work import Work

LATEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
_HERE: Final = "r.organisation_id = (select sec.current_organisation())"
READ: Final = f"select {READ_COLUMNS} from public.referrals r where {_HERE} and r.id = $1"  # noqa: S608  our own constants
LIST: Final = f"""
select {READ_COLUMNS} from public.referrals r
where {_HERE} and (r.last_activity_at, r.id) < ($1, $2) and ($4::uuid is null or r.incident_id = $4)
order by r.last_activity_at desc, r.id desc limit $3
"""  # noqa: S608  our own constants
STEPS: Final = """
select s.id, s.direction, s.body::text as body, s.at, s.author_name, b.put_at, b.delivered_at, b.verdict, b.hash
from public.referral_steps s
left join public.channel_outbox b on b.organisation_id = s.organisation_id and b.id = s.outbox_id
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1
order by s.at, s.id
"""
FILES: Final = """
select f.id, f.state, f.fault, f.changed_at, f.attachment_id from public.referral_files f
where f.organisation_id = (select sec.current_organisation()) and f.referral_id = $1
"""
ABOUT: Final = """
select i.id, i.reference, left(i.narrative, 160) as beginning from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1::uuid[])
"""
INCIDENT: Final = """
select i.reference from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Which incident a referral is about, as a list says it."""

    reference: str
    beginning: str
    """The first words of the narrative."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said, and how far it has got."""

    id: UUID
    direction: Direction
    body: Body
    at: datetime
    author: str
    delivered_at: datetime | None = None
    """When its receipt was verified; only for what left here."""
    refused: bool = False
    late: bool = False
    """Whether there is no receipt after ten minutes: time to telephone."""
    receipt_for: str = ""
    """The envelope's hash in hexadecimal: what both logs and the receipt name it by."""

    @property
    def kind(self) -> str:
        """What kind of body it is, as templates tell them apart."""
        return KINDS[type(self.body)]


KINDS: Final[dict[type, str]] = {
    Opened: "opened", Message: "message", Status: "status", UrlStep: "url", Closed: "closed", Withdrawn: "withdrawn",
    Reopened: "reopened",
}  # fmt: skip


class Travelling(msgspec.Struct, frozen=True, kw_only=True):
    """How a file stands that was chosen to go."""

    id: UUID
    name: str
    size: int
    sha256: str
    attachment_id: UUID
    state: Literal["waiting", "sent", "taken", "refused", "dropped", "locked"]
    fault: str = ""
    changed_at: datetime

    @property
    def goes_again(self) -> bool:
        """Whether it can be chosen again while the referral goes on."""
        return may_go_again(self.state, self.fault)


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A referral with everything that was said on it, the earliest first."""

    referral: Referral
    incident_reference: str
    steps: tuple[Step, ...]
    urls: tuple[UrlStep, ...]
    """How each address stands, as the helpline last told it, or as we listed it."""
    files: tuple[Travelling, ...] = ()
    """How each file stands that went with it."""

    @property
    def opened(self) -> Opened:
        """What was sent at the beginning."""
        return next(step.body for step in self.steps if isinstance(step.body, Opened))

    @property
    def endings(self) -> tuple[tuple[Direction, str], ...]:
        """How it ended for us (`out`) and as the helpline says it (`in`): the latest that each said since it went on.

        The road not taken is to show the referral's one outcome: where both closed, one word would hide the other's.
        """
        said: dict[Direction, str] = {}
        for step in self.steps:
            if isinstance(step.body, Reopened):
                said.clear()
            elif isinstance(step.body, Closed) and step.body.outcome:
                said[step.direction] = step.body.outcome
        return tuple((side, said[side]) for side in ("out", "in") if side in said)

    @property
    def late(self) -> bool:
        """Whether anything waits for its receipt for too long."""
        return any(step.late for step in self.steps)

    @property
    def refused(self) -> bool:
        """Whether anything was not taken at the other end."""
        return any(step.refused for step in self.steps)


async def list_referrals(
    work: Work, *, after: tuple[datetime, UUID] | None = None, limit: int = 25, incident_id: UUID | None = None
) -> tuple[Referral, ...]:
    """Up to `limit` referrals, those with the latest news first."""
    work.require(Permission.REFERRAL_READ)
    at, last_id = after or LATEST
    rows = await work.driver.fetch(LIST, at, last_id, limit, incident_id)
    return tuple(of_row(row) for row in rows)


async def list_incidents_of(work: Work, referrals: Sequence[Referral]) -> Mapping[UUID, About]:
    """Which incidents these are about, by id: those alone that the reader may see."""
    if not referrals or not work.may(Permission.INCIDENT_READ):
        return {}
    rows = await work.driver.fetch(ABOUT, [each.incident_id for each in referrals])
    return {row["id"]: About(reference=row["reference"], beginning=row["beginning"]) for row in rows}


async def read_conversation(work: Work, referral_id: UUID) -> Conversation:
    """One referral and all that was said, told to the log; raises `NotFound`."""
    work.require(Permission.REFERRAL_READ)
    row = await work.driver.fetchrow(READ, referral_id)
    if row is None:
        raise NotFound
    referral = of_row(row)
    reference = await work.driver.fetchval(INCIDENT, referral.incident_id)
    steps = tuple(_step(each, work.now()) for each in await work.driver.fetch(STEPS, referral_id))
    files = {row["id"]: row for row in await work.driver.fetch(FILES, referral_id)}
    work.record("referral.viewed", referral_id, version=referral.version)
    told = Conversation(referral=referral, incident_reference=reference or "", steps=steps, urls=_urls(steps))
    return msgspec.structs.replace(told, files=tuple(_files(told.opened, files))) if files else told


def _step(row: Any, now: datetime) -> Step:
    waits = row["put_at"] is not None and row["delivered_at"] is None
    return Step(
        id=row["id"], direction=row["direction"], body=bodies.decode(row["body"].encode()), at=row["at"],
        author=row["author_name"], delivered_at=row["delivered_at"], refused=row["verdict"] == "refused",
        late=waits and now - row["put_at"] > PATIENCE, receipt_for=row["hash"].hex() if row["hash"] else "",
    )  # fmt: skip


def _files(opened: Opened, rows: Mapping[UUID, Any]) -> Iterator[Travelling]:
    for file in opened.enclosed:
        if row := rows.get(file.id):
            told: dict[str, Any] = {name: row[name] for name in ("state", "fault", "changed_at", "attachment_id")}
            yield Travelling(id=file.id, name=file.name, size=file.size, sha256=file.sha256, **told)


def _urls(steps: Sequence[Step]) -> tuple[UrlStep, ...]:
    """The latest of each address as it was typed, in the order in which they were first named.

    The helpline joins what is the same after normalisation, and tells of it once: each that was typed has that step. An
    address that only the helpline named stands as it wrote it.
    """
    named: dict[str, UrlStep] = {}
    latest: dict[str, UrlStep] = {}
    for step in steps:
        body = step.body
        if isinstance(body, UrlStep):
            latest[key_of(body.url)] = body
        elif isinstance(body, (Opened, Message)):
            for listed in body.urls:
                beginning = UrlStep(referral=body.referral, url=listed.url, state="listed", at=step.at)
                named.setdefault(listed.url, beginning)
    keys = {url: key_of(url) for url in named}
    ours = (msgspec.structs.replace(latest.get(keys[url], begun), url=url) for url, begun in named.items())
    known = set(keys.values())
    return (*ours, *(step for key, step in latest.items() if key not in known))
