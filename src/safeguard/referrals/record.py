"""A referral as this side knows it, how it changes, and what the log is told."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.audit.documents import Document
from safeguard.channel import bodies
from safeguard.channel.bodies import Body
from safeguard.errors import NotFound
from safeguard.work import LogName, Work

State = Literal[
    "submitted", "acknowledged", "triaged", "awaiting_referrer", "advice_given", "signposted", "escalated",
    "platform_responded", "resolved", "not_upheld", "declined", "closed", "withdrawn",
]  # fmt: skip
ENDED: Final = frozenset({"closed", "withdrawn", "declined"})
"""States that only reopening leads out of."""
Direction = Literal["out", "in"]


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """One referral."""

    id: UUID
    incident_id: UUID
    helpline_id: UUID
    helpline_name: str
    reference: str
    version: int = 1
    state: State = "submitted"
    urgency: str
    asked: tuple[str, ...]
    lawful_basis: str
    condition: str
    reason: str
    case_reference: str = ""
    sent_at: datetime
    sent_by: UUID | None
    sent_by_name: str
    closed_at: datetime | None = None
    outcome: str = ""
    helpful: int | None = None
    feedback: str = ""
    last_activity_at: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing more is said on it unless somebody reopens it."""
        return self.state in ENDED


COLUMNS: Final = tuple(field.name for field in msgspec.structs.fields(Referral))
READ_COLUMNS: Final = ", ".join(f"r.{name}" for name in COLUMNS)

INSERT: Final = f"""
insert into public.referrals (organisation_id, pseudonyms, {", ".join(COLUMNS)})
values ((select sec.current_organisation()), $1::jsonb, {", ".join(f"${n}" for n in range(2, len(COLUMNS) + 2))})
"""  # noqa: S608  our own constants
LOCK: Final = f"""
select {READ_COLUMNS} from public.referrals r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 for update
"""  # noqa: S608  our own constants
SAVE: Final = """
update public.referrals set version = $2, state = $3, case_reference = $4, closed_at = $5, outcome = $6, helpful = $7,
    feedback = $8, last_activity_at = $9
where organisation_id = (select sec.current_organisation()) and id = $1
"""
ADD_STEP: Final = """
insert into public.referral_steps (organisation_id, id, referral_id, incident_id, direction, kind, body, at, author_id,
                                   author_name, outbox_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10)
"""
LOG: Final = "select sec.log_of_incident($1)"


async def log_of(work: Work, incident_id: UUID) -> LogName:
    """Which log hears of what is said about an incident; this work tells it there from now on."""
    if await work.driver.fetchval(LOG, incident_id) != "restricted":
        return "general"
    work.restrict()
    return "restricted"


async def held(work: Work, referral_id: UUID) -> Referral:
    """The referral as it is now, held until the end of this work; raises `NotFound`."""
    row = await work.driver.fetchrow(LOCK, referral_id)
    if row is None:
        raise NotFound
    return of_row(row)


def of_row(row: Any) -> Referral:
    """A referral from a row of `COLUMNS`."""
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    values["asked"] = tuple(row["asked"])
    return Referral(**values)


async def insert(work: Work, referral: Referral, pseudonyms: str) -> None:
    """Keep a new referral, with who is who in it."""
    values = (list(value) if isinstance(value, tuple) else value for value in msgspec.structs.astuple(referral))
    await work.driver.execute(INSERT, pseudonyms, *values)


async def change(work: Work, before: Referral, **changed: Any) -> Referral:
    """Keep the next version."""
    after = msgspec.structs.replace(
        before, **{"version": before.version + 1, "last_activity_at": work.now(), **changed}
    )
    await work.driver.execute(
        SAVE, after.id, after.version, after.state, after.case_reference, after.closed_at, after.outcome, after.helpful,
        after.feedback, after.last_activity_at,
    )  # fmt: skip
    return after


async def add_step(
    work: Work, referral: Referral, direction: Direction, body: Body, event: str, *, author: str, outbox: UUID | None
) -> None:
    """Keep what was said, as it was said, bound into the log with the version that it made."""
    told = bodies.encode(body).decode()
    kind: str = msgspec.json.decode(told)["kind"]
    author_id = work.actor.user_id if direction == "out" else None
    await work.driver.execute(
        ADD_STEP, clock.new_id(), referral.id, referral.incident_id, direction, kind, told, work.now(), author_id,
        author, outbox,
    )  # fmt: skip
    fields = {"state": referral.state, "direction": direction, "kind": kind, "body": told, "author": author}
    if outbox:
        fields["envelope"] = str(outbox)
    work.record(event, referral.id, document=Document("referral", referral.id, referral.version, fields))
