"""The same request sent twice is done once, and answered the same.

Programs name a request by the header `Idempotency-Key`; the same key with another body is 409. A form names itself by
the draft that it is kept in, so that two windows with one draft send it once (`begun_as`), and by
the rendering that it came from (see `csrf`) and its content: a double click, or back and send again, finds the first
answer, while an edited form is a new act. A form that stays on the page after it was sent must be rendered anew.

Optimistic: the act is done, then its key inserted at the end of the same transaction. Whoever comes second waits for
the first at that insert, is rolled back, and gets the first one's answer. That costs one statement where asking
before would cost two. Kept for 30 days: the digest of what was sent, the status, and which object it made - never what
was sent or answered. So a program's answer is rendered anew from the object (`replaying`), as whoever asks may see it.
"""

from hashlib import sha256
from typing import Any

import asyncpg
from litestar import Request

from safeguard import clock
from safeguard.errors import BadRequest, Conflict, SentAlready
from safeguard.web import drafting
from safeguard.web.exchange import Answer, Exchange, Once
from safeguard.web.fields import DRAFT
from safeguard.work import Work

HEADER = "idempotency-key"

KEEP = """
insert into public.idempotency
    (organisation_id, actor_id, route, key, body_hash, request_id, status, location, object_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing returning true
"""
SWEEP = """
delete from public.idempotency old using (
    select actor_id, route, key from public.idempotency
    where organisation_id = $1 and created_at < $2::timestamptz - interval '30 days'
    order by created_at limit 500 for update skip locked
) gone
where old.organisation_id = $1 and old.actor_id = gone.actor_id and old.route = gone.route and old.key = gone.key
"""
ONE_IN = 50
"""So many requests for each that sweeps: looking for what is old cost as much as recording an incident."""
FIND = """
select body_hash, status, location, object_id from public.idempotency
where organisation_id = $1 and actor_id = $2 and route = $3 and key = $4
"""


class KeyReused(Conflict):
    """The key names another request, which was answered."""

    code = "key-reused"
    title = "This Idempotency-Key names another request"
    sentence = "This Idempotency-Key was used before with another body. Use a new key for a new request."


class Replay(Exception):
    """This was done before: here is what was answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once_of(request: Request[Any, Any, Any], exchange: Exchange) -> Once | None:
    """What names this request; None when it may be done again."""
    if exchange.is_api:
        return _named_by_header(request, exchange)
    if exchange.token is None:
        return None
    typed = "\n".join(f"{len(name)} {len(value)} {name}{value}" for name, value in exchange.fields.content())
    content = sha256(f"{exchange.path}\n{typed}".encode()).digest()
    key = sha256(exchange.token.nonce + content).hexdigest()
    return Once(exchange.route, f"form {key}", content, is_api=False)


def begun_as(exchange: Exchange) -> Once | None:
    """What names the form by the draft that it was begun as, in whichever window: it is sent once.

    With the same words the second finds the first answer. With others it is refused (`SentAlready`), and may be sent as
    an act of its own.
    """
    draft = drafting.id_of(exchange.fields.get(DRAFT))
    if draft is None or exchange.is_api or exchange.path.startswith(drafting.ROOM):
        return None
    typed = "\n".join(f"{len(name)} {len(value)} {name}{value}" for name, value in exchange.fields.typed())
    return Once(exchange.route, f"draft {draft}", sha256(f"{exchange.path}\n{typed}".encode()).digest(), is_api=False)


def _named_by_header(request: Request[Any, Any, Any], exchange: Exchange) -> Once | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= 190 and key.isascii() and key.isprintable()):
        raise BadRequest("Idempotency-Key is 1 to 190 printable ASCII characters.")
    content = sha256(f"{exchange.path}\n".encode() + exchange.body).digest()
    return Once(exchange.route, f"api {key}", content, is_api=True)


async def keep(work: Work, once: Once, answer: Answer) -> None:
    """Put the answer by, as part of the act; raises `Replay` (or `Conflict`) when somebody was first."""
    kept: object = await work.driver.fetchval(
        KEEP, work.organisation_id, work.actor.user_id, once.route, once.key, once.body_hash, work.request_id,
        answer.status, answer.location, answer.object_id, clock.now(),
    )  # fmt: skip
    if not kept:
        await replay(work, once)
    if work.request_id.int % ONE_IN == 0:
        await work.driver.execute(SWEEP, work.organisation_id, clock.now())


async def replay(work: Work, once: Once) -> None:
    """Raise what was answered before, if anything was; say nothing otherwise."""
    try:
        row = await work.driver.fetchrow(FIND, work.organisation_id, work.actor.user_id, once.route, once.key)
    except asyncpg.InFailedSQLTransactionError:
        return  # the act failed in the database, so what is raised already is the answer
    if row is None:
        return
    if row["body_hash"] != once.body_hash:
        raise KeyReused if once.is_api or not row["location"] else SentAlready(row["location"])
    raise Replay(Answer(row["status"], row["location"], row["object_id"]))
