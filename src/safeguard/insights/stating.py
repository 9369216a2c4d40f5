"""What the lead says of a school year: words beside the figures, and in their place where there are too few to show."""

from typing import Final

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.insights.periods import is_school_year
from safeguard.work import Work

LONGEST: Final = 2_000
READ: Final = """
select s.words, s.version, s.written_by_name from public.insight_statements s
where s.organisation_id = (select sec.current_organisation()) and s.period = $1
"""
FIRST: Final = """
insert into public.insight_statements (organisation_id, id, period, words, written_at, written_by, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, period) do nothing returning id
"""
AGAIN: Final = """
update public.insight_statements s set words = $2, version = s.version + 1, written_at = $3, written_by = $4,
    written_by_name = $5
where s.organisation_id = (select sec.current_organisation()) and s.period = $1 and s.version = $6
returning s.id
"""


class Statement(msgspec.Struct, frozen=True):
    """Words, whose, and which version; version 0 where nobody has said anything."""

    words: str = ""
    version: int = 0
    by: str = ""


NOTHING: Final = Statement()


async def find_statement(work: Work, period: str) -> Statement:
    """What is said of a school year such as `2025/26`."""
    work.require(Permission.INSIGHTS_READ)
    row = await work.driver.fetchrow(READ, period)
    return Statement(*row) if row else NOTHING


async def state(work: Work, period: str, words: str, seen: int) -> None:
    """Say something of a school year; `seen` is the version that was read."""
    work.require(Permission.INSIGHTS_EXACT)
    if not is_school_year(period):
        raise Invalid(FieldError("period", "Choose a school year."))
    if not words:
        raise Invalid(FieldError("words", "Write what the figures do not say."))
    now, actor = work.now(), work.actor
    if seen:
        saved = await work.driver.fetchval(AGAIN, period, words, now, actor.user_id, actor.name, seen)
    else:
        saved = await work.driver.fetchval(FIRST, clock.new_id(), period, words, now, actor.user_id, actor.name)
    if saved is None:
        raise Conflict("Somebody else wrote this while you did. What you typed is kept: look at theirs first.")
    fields = {"period": period, "words": words}
    work.record("statement.written", saved, document=Document("statement", saved, seen + 1, fields))
