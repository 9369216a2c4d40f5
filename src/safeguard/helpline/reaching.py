"""Whom a step of an address reaches: everybody who referred it by the channel, and has not taken that back.

A practitioner sees them before they note a step, and may leave some out: those are not told of that step, and of the
next ones like everybody else.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.helpline.case import referrer_of
from safeguard.web.polling import mark
from safeguard.work import Work

SHOWN: Final = 50
"""How many a page names; of more it says how many they are."""
REACHED: Final = """
select c.id, c.reference, c.caller_organisation, c.channel, c.origin from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.organisation_id = (select sec.current_organisation()) and l.url_id = $1
    and c.channel = 'shared' and c.state <> 'withdrawn'
order by c.received_at desc, c.id
"""

NAMED: Final = """
select l.typed, l.left_out, c.id, c.reference, c.caller_organisation from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.organisation_id = (select sec.current_organisation()) and l.url_id = $1
    and (l.typed <> '' or l.left_out <> '{}')
order by c.received_at desc, c.id
"""


class Reached(msgspec.Struct, frozen=True):
    """A case whose referrer is told."""

    case_id: UUID
    reference: str
    organisation: str


class Named(msgspec.Struct, frozen=True):
    """How cases wrote an address, and which of its steps were kept from whom."""

    typed: dict[UUID, str]
    """Case -> as it wrote the address, where that is not how the ledger writes it."""
    left_out: dict[UUID, tuple[Reached, ...]]
    """Step -> who was not told of it, the latest case first."""


async def list_reached(work: Work, url_id: UUID) -> tuple[Reached, ...]:
    """Everybody whom the next step of an address reaches, the latest first."""
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(REACHED, url_id)
    return tuple(
        Reached(row["id"], row["reference"], row["caller_organisation"])
        for row in rows
        if referrer_of(row["channel"], row["origin"])
    )


def mark_of(reached: Sequence[Reached]) -> str:
    """What a page that names them has seen: another mark when they are others, also where they are as many."""
    return mark(*(each.case_id for each in reached))


async def how_named(work: Work, url_id: UUID) -> Named:
    """What each case that names an address keeps of it."""
    work.require(Permission.HELPLINE_WORK)
    left: dict[UUID, list[Reached]] = {}
    rows = await work.driver.fetch(NAMED, url_id)
    for row in rows:
        for step in row["left_out"]:
            left.setdefault(step, []).append(Reached(row["id"], row["reference"], row["caller_organisation"]))
    return Named(
        {row["id"]: row["typed"] for row in rows if row["typed"]}, {step: tuple(of) for step, of in left.items()}
    )
