"""A helpline's desk for the visits: a case with addresses and a long name in it, and a wave."""

from dataclasses import dataclass
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.waving import join_wave, open_wave
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

ADDRESSES = "https://www.tiktok.com/@mr.hale.fanpage/video/7 https://xn--pple-43d.com/" + "a" * 300


@dataclass(frozen=True, slots=True)
class Desk:
    """Who supervises it, and what there is to visit."""

    supervisor: Actor
    case: UUID
    url: UUID
    wave: UUID


async def work_at(supervisor: Actor) -> Desk:
    """Take a call, list its addresses, open a wave."""
    facts = Facts(
        summary="An account pretends to be a science teacher.\nIt has 2,000 followers.", at_risk=True,
        caller="teacher", sector="secondary", caller_name="Alexandria Featherstonehaugh-Cholmondeley",
        caller_organisation="The Saint Bartholomew and All Angels Academy of the Upper Valley",
        caller_contact="01632 960123", issues=("impersonation",), platforms=("tiktok",),
    )  # fmt: skip
    taken = Taken(state=State.SIGNPOSTED, answer="Report it first.", guidance=("report_remove",), distressing=True)
    async with begin(supervisor) as work:
        case = await take_case(work, profile_of("helpline"), facts, taken)
        await list_addresses(work, case, ADDRESSES, "tiktok")
        urls = await list_urls_of(work, case.id)
        wave = await open_wave(work, "False accounts of teachers", "Pupils make accounts in the names of teachers.")
        await join_wave(work, case, wave.id, case.version)
    return Desk(supervisor, case.id, urls[0].id, wave.id)
