"""The unit of work: one transaction, one actor, one organisation.

Order inside it: reads, changes, rendering; then one call that takes the log's head, appends the entries and adds the
jobs; then commit; then the bell. Nothing is done "after commit" but ringing: a lost bell costs a poll, while an act
done after commit can be lost for good. Only `begin` and its kin commit.
"""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from safeguard import bell, clock, errors
from safeguard.access import assurance, policy
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.audit.documents import Document, commit
from safeguard.audit.events import noun_of
from safeguard.audit.told import TOLD
from safeguard.database import pool
from safeguard.database.context import JOB_LIFETIME, LIFETIME
from safeguard.database.pool import Connection

LogName: TypeAlias = Literal["general", "restricted", "platform"]

ENTER = pool.ENTER
SEEN_AS = "select current_setting('safeguard.context')"
ENTER_SESSION = "select * from identity.enter_session($1)"
ENTER_TOKEN = "select * from identity.enter_token($1)"  # noqa: S105  a statement, not a secret
ENTER_CALENDAR = "select * from identity.enter_calendar($1)"
ENTER_PROVISIONING = "select * from identity.enter_provisioning($1)"
PROGRAMS = frozenset({ActorKind.SERVICE, ActorKind.PROVISIONER})
NOT_KNOWN = (
    "This token is not known here, or not any more, or not yet: it expired, was revoked, waits for a lead's approval,"
    " or who answers for it has left."
)
TELL = "select set_config('safeguard.unit', $1, true)"
FINISH = "select audit.finish(current_setting('safeguard.unit')::jsonb); commit"
"""One message: everybody who writes in this organisation waits for the log's head, so that it is never held while an
answer travels. What is told goes before, as a value: a message of two statements takes none, and what people wrote
never stands in the text of a statement, which a server may log."""
APPEND_AT = "select audit.append_at($2, $1::jsonb)"


@dataclass(slots=True)
class Work:
    """What a verb works with: who acts, the open transaction, and what will be told of it at the end."""

    actor: Actor
    driver: Connection
    """The open transaction."""
    request_id: UUID
    dated: datetime | None = None
    """A moment in the past at which the log is written: demonstration data, as the owner only."""
    _acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    _jobs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _asked: set[tuple[str, UUID, datetime | None]] = field(default_factory=set[tuple[str, UUID, datetime | None]])
    _restricted: bool = False

    @property
    def organisation_id(self) -> UUID:
        """The organisation in which all this happens."""
        return self.actor.organisation_id

    def now(self) -> datetime:
        """The moment of this work: the clock's, or the past one that it is dated to."""
        return self.dated or clock.now()

    def may(self, permission: Permission) -> bool:
        """Whether the actor may do `permission`."""
        return policy.may(self.actor, permission)

    def require(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the actor may do `permission`; `OutOfScope` where only the token is in the way."""
        if not self.may(permission):
            raise self.refused(permission)

    def refused(self, permission: Permission) -> errors.Forbidden:
        """Why the actor may not: their role, who answers for their token, or what it was made for."""
        if not policy.is_answered_for(self.actor, permission):
            return errors.NotAnsweredFor()
        if self.actor.scopes is None or not policy.is_given(self.actor, permission):
            return errors.Forbidden()
        return errors.OutOfScope(*policy.scopes_for(permission))

    def record(
        self,
        event: str,
        object_id: UUID,
        *,
        document: Document | None = None,
        version: int = 1,
        log: LogName = "general",
        kind: str | None = None,
        commitment: bytes | None = None,
    ) -> None:
        """Tell the log that `event` happened to an object; with `document`, bind that version's content into it.

        `commitment` is of a version that is kept already, and that another log has to hear of.
        """
        act: dict[str, Any] = {
            "event": event,
            "kind": kind or noun_of(event),
            "object": str(object_id),
            "version": document.version if document else version,
            "fresh_actor": _base64(clock.random_bytes(16)),
            "fresh_object": _base64(clock.random_bytes(32)),
        }
        if commitment:
            act["commitment"] = _base64(commitment)
        if document:
            committed = commit(document)
            act["document"] = committed.fields
            act["salt"] = _base64(committed.salt)
            act["commitment"] = _base64(committed.commitment)
        self._acts.setdefault(log, []).append(act)
        if event in TOLD and not self.dated:
            self.ask(f"notice.{event}", object_id)

    def ask(self, job: str, subject_id: UUID, *, key: str | None = None, run_at: datetime | None = None) -> None:
        """Add a job to this transaction. `key` makes it one of a kind: asking again with the same key adds nothing.

        Nor does asking twice in one work for the same without one: the second would find everything done.
        """
        if key is None and (job, subject_id, run_at) in self._asked:
            return
        self._asked.add((job, subject_id, run_at))
        asked: dict[str, Any] = {"id": str(clock.new_request_id()), "kind": job, "subject": str(subject_id)}
        asked["key"] = key or asked["id"]
        if run_at:
            asked["run_at"] = run_at.isoformat()
        self._jobs.append(asked)

    def restrict(self) -> None:
        """Tell all of this work to the restricted log alone: it is about something that somebody must not know of."""
        self._restricted = True

    @property
    def is_restricted(self) -> bool:
        """Whether all of this work is told to the restricted log alone."""
        return self._restricted

    async def enter(self, purpose: str) -> None:
        """Go on in a context for `purpose`: some functions of the database open in one kind of context only."""
        context = pool.current().key.sign(self.organisation_id, self.actor.user_id, purpose)
        await self.driver.execute(ENTER, context)

    @asynccontextmanager
    async def as_organisation(self) -> AsyncIterator[None]:
        """Go on with the eyes of the organisation, which nothing is hidden from, and then as whoever acts.

        For what may hide a record from the very person who writes it: half of it would be refused otherwise. What
        fails in the database ends the whole work, so only other refusals take the way back.
        """
        before = str(await self.driver.fetchval(SEEN_AS))
        await self.driver.execute(ENTER, pool.current().key.sign(self.organisation_id, None, "job"))
        try:
            yield
        except errors.DomainError:
            await self.driver.execute(ENTER, before)
            raise
        await self.driver.execute(ENTER, before)

    async def see_as(self, person: UUID | None) -> None:
        """Go on with the eyes of this member; the acts of the work stay those of whoever acts.

        For a job that writes to several: what is hidden from one of them is not there while it is seen so.
        """
        await self.driver.execute(ENTER, pool.current().key.sign(self.organisation_id, person, "job"))

    async def among(self, people: Collection[UUID], question: str, *values: object) -> frozenset[UUID]:
        """Of these members those for whom the answer to a constant question is yes, asked with the eyes of each."""
        found: set[UUID] = set()
        for person in sorted(people):
            await self.see_as(person)
            if await self.driver.fetchval(question, *values):
                found.add(person)
        await self.see_as(self.actor.user_id)
        return frozenset(found)

    async def finish(self) -> None:
        """Append the entries of a dated work, whose transaction goes on."""
        if (unit := self._told()) is not None:
            await self.driver.execute(APPEND_AT, unit, self.dated)

    async def end(self) -> None:
        """Append the entries, add the jobs and commit, in one message."""
        unit = None if self.dated else self._told()
        if unit is not None:
            await self.driver.fetchval(TELL, unit)
            await self.driver.execute(FINISH)
            return
        await self.finish()
        await self.driver.execute(pool.COMMIT)

    def _told(self) -> str | None:
        """What the log and the queue are to be told, as JSON."""
        if not self._acts and not self._jobs:
            return None
        if self._restricted:
            self._acts["restricted"] = self._acts.pop("general", []) + self._acts.get("restricted", [])
        unit: dict[str, Any] = {"request": str(self.request_id), "role": self.actor.role, "acts": self._acts}
        if self.actor.user_id:
            unit["actor"] = str(self.actor.user_id)
        if self._jobs:
            unit["jobs"] = self._jobs
        return json.dumps(unit)

    def ring(self) -> None:
        """Tell the workers of the jobs that were just committed."""
        for job in self._jobs:
            if "run_at" not in job:
                bell.ring(UUID(job["id"]), job["kind"])


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


@asynccontextmanager
async def begin(
    actor: Actor, *, purpose: str = "job", request_id: UUID | None = None, dated: datetime | None = None
) -> AsyncIterator[Work]:
    """Work as `actor`: commit on the way out, roll back on any exception. Nothing else ever commits."""
    lifetime = JOB_LIFETIME if purpose == "job" else LIFETIME
    async with pool.current().entered(actor.organisation_id, actor.user_id, purpose, lifetime) as connection:
        work = Work(actor, connection, request_id or clock.new_request_id(), dated)
        yield work
        await _end(work)


def enter_session(
    token_hash: bytes, request_id: UUID | None = None
) -> AbstractAsyncContextManager[tuple[Work, pool.Row]]:
    """Work as the person whose session this is, with the row that found it; raises `SignInRequired`."""
    return _entered(ENTER_SESSION, token_hash, ActorKind.PERSON, request_id)


def enter_token(
    token_hash: bytes, request_id: UUID | None = None
) -> AbstractAsyncContextManager[tuple[Work, pool.Row]]:
    """Work as the service whose API token this is, with the row that found it; raises `SignInRequired`."""
    return _entered(ENTER_TOKEN, token_hash, ActorKind.SERVICE, request_id)


def enter_calendar(
    token_hash: bytes, request_id: UUID | None = None
) -> AbstractAsyncContextManager[tuple[Work, pool.Row]]:
    """Work as the person whose calendar is fetched from this secret address; raises `SignInRequired`."""
    return _entered(ENTER_CALENDAR, token_hash, ActorKind.PERSON, request_id)


def enter_provisioning(
    token_hash: bytes, request_id: UUID | None = None
) -> AbstractAsyncContextManager[tuple[Work, pool.Row]]:
    """Work as the directory whose token this is, with the row that found it; raises `SignInRequired`."""
    return _entered(ENTER_PROVISIONING, token_hash, ActorKind.PROVISIONER, request_id)


@asynccontextmanager
async def _entered(
    statement: str, token_hash: bytes, kind: ActorKind, request_id: UUID | None
) -> AsyncIterator[tuple[Work, pool.Row]]:
    """One SELECT looks the token up and sets the context: see migrations/sql for what it checks."""
    async with pool.current().connection() as connection:
        found = await connection.fetchrow(statement, token_hash)
        if found is None:
            raise errors.SignInRequired(NOT_KNOWN if kind in PROGRAMS else None)
        roles = frozenset(map(Role, found["roles"]))
        assured = statement != ENTER_SESSION or assurance.satisfied(found["factors"])
        is_token = statement == ENTER_TOKEN
        actor = Actor(
            kind, found["organisation_id"], found["user_id"], roles, found["name"], assured,
            _scopes(found["scopes"]) if is_token else None, _answering(found["answering"]) if is_token else None,
        )  # fmt: skip
        work = Work(actor, connection, request_id or clock.new_request_id())
        yield work, found
        await _end(work)


def _scopes(found: list[str] | None) -> frozenset[Scope] | None:
    """What the token was made for; a scope that this release does not know, of a later one, opens nothing here."""
    return None if found is None else frozenset(scope for scope in Scope if scope.value in found)


def _answering(found: list[str] | None) -> frozenset[Role] | None:
    """The roles of whoever answers for a token, at this moment."""
    return None if found is None else frozenset(map(Role, found))


async def _end(work: Work) -> None:
    await work.end()
    work.ring()
