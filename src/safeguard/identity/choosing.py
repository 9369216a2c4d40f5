"""Choosing one of those who work here: all of them where they are few, else those of whose name something was typed.

A list that ends somewhere leaves out whoever comes later in the alphabet, and nobody sees that it did. So where there
are more than fit, nobody is offered until a part of a name was typed, and a search that finds more than fit says so.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from safeguard.web.forms import clean
from safeguard.work import Work

AT_ONCE: Final = 50
"""How many are offered in one list: more than a person reads, fewer than a school employs."""
TYPED: Final = 100
STAFF: Final = """
select m.user_id, m.name, m.email from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and m.user_id <> all ($1::uuid[])
    and not exists (select from unnest($2::text[]) t where position(t in lower(m.name || ' ' || m.email)) = 0)
order by m.name, m.user_id limit $3
"""
ONE: Final = """
select m.user_id, m.name, m.email from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and m.user_id = $1
"""


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works here; the address tells two of one name apart."""

    user_id: UUID
    name: str
    email: str


class Staff(msgspec.Struct, frozen=True):
    """Who is offered, and whether that is everybody whom the words mean."""

    offered: tuple[Colleague, ...]
    typed: str
    more: bool
    """There are more than can be offered at once."""

    @property
    def searches(self) -> bool:
        """Whether there is something to find: in a small place the list says it all."""
        return bool(self.typed) or self.more


async def find_staff(work: Work, typed: str, *, but: Iterable[UUID] = (), chosen: UUID | None = None) -> Staff:
    """Those of whose name or address every word that was typed is a part; `chosen` stays among them, `but` never is.

    The page that asks declares the permission: who works here is no secret to those who may choose one of them.
    """
    left_out = list(but)
    typed = " ".join(clean(typed)[:TYPED].split())
    rows = await work.driver.fetch(STAFF, left_out, typed.lower().split(), AT_ONCE + 1)
    more = len(rows) > AT_ONCE
    offered = [Colleague(*row) for row in rows[:AT_ONCE]] if typed or not more else []
    if chosen and chosen not in left_out and chosen not in {one.user_id for one in offered}:
        offered = [Colleague(*row) for row in await work.driver.fetch(ONE, chosen)] + offered
    return Staff(tuple(offered), typed, more)
