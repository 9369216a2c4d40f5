"""Taking a form from the box: the worker's part. It becomes a case of the desk, once, and its words leave the box."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.channel.addresses import MOST, Pasted, read_addresses
from safeguard.helpline.mail.posting import post_received
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.web_form.asking import Asked
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

LOCK: Final = """
select f.reference, f.told, o.nation from public.helpline_forms f
join public.organisations o on o.id = f.organisation_id
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'waiting'
for update of f
"""
TAKEN: Final = """
update public.helpline_forms f set state = 'taken', case_id = $2, told = ''
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
SUMMARY: Final = 20_000
TRAPPED: Final = (
    "A field of the form that people do not see was filled in. A browser that fills in forms may have done it, or a"
    " machine: look before you answer."
)


async def take_form(work: Work, form_id: UUID) -> UUID | None:
    """Open the case that a form asks for; None when that was done before."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(LOCK, form_id)
    if row is None:
        return None
    asked = msgspec.json.decode(row["told"], type=Asked)
    pasted = read_addresses(asked.addresses)
    told = _told(asked, pasted)
    taken = Taken(channel="web", state=State.SUBMITTED, mine=False, reference=row["reference"], words=told)
    case = await take_case(work, profile_of("helpline", row["nation"]), _facts(asked, told), taken)
    if pasted.addresses:
        await list_addresses(work, case, "\n".join(each.typed for each in pasted.addresses[:MOST]))
    await post_received(work, case, "")
    await work.driver.execute(TAKEN, form_id, case.id)
    return case.id


def _told(asked: Asked, pasted: Pasted) -> str:
    """Everything that they said, whole: the first contact."""
    call = f"Please ring {asked.telephone}. {asked.call_when}".strip() if asked.call_back else ""
    other = asked.telephone if asked.email and asked.telephone and not asked.call_back else ""
    tongue = "They read the form in Welsh: answer in Welsh if you can." if asked.welsh else ""
    machine = TRAPPED if asked.trapped else ""
    telephone = f"Telephone: {other}" if other else ""
    parts = [call, asked.summary, telephone, _not_listed(asked.addresses, pasted), tongue, machine]
    return "\n\n".join(part for part in parts if part)


def _facts(asked: Asked, told: str) -> Facts:
    return Facts(
        summary=told[:SUMMARY], priority="soon" if asked.call_back else "usual",
        at_risk=asked.at_risk, caller=asked.caller, sector=asked.sector, caller_name=asked.name,
        caller_organisation=asked.organisation, caller_contact=asked.email or asked.telephone,
    )  # fmt: skip


def _not_listed(said: str, pasted: Pasted) -> str:
    """What was given as addresses and is none stays with the words, and so do those that one list does not hold."""
    if not pasted.addresses:
        return said
    return "\n".join((*pasted.refused, *(each.text for each in pasted.addresses[MOST:])))
