"""Cases of whoever leaves the desk: a successor's who works there, else nobody's, and the supervisors are told.

Bound to `identity.parting`, and done in the transaction in which they leave, or in which the last role goes that lets
them work there: each case has an entry that says so and a next version. It keeps its place among the others, but for
a child at risk, whose case stands before all others while nobody has it.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import ALLOWED, Permission
from safeguard.helpline.case import Case, case_document
from safeguard.helpline.moving import GIVE, MEMBER
from safeguard.helpline.queries import HELD_BY
from safeguard.helpline.writing import refuse_second, write_entry
from safeguard.identity.parting import Charge
from safeguard.web.languages import ngettext
from safeguard.work import Work

PASSED_ON: Final = "case.passed_on"
NOTICE: Final = "notice.practitioner_left"
HOW_MANY: Final = """
select count(*) from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.assigned_to = $1 and c.ended_at is null
"""
NO_MORE: Final = "%(name)s, who had this case, works at the desk no more."

_case = msgspec.json.Decoder(Case).decode


async def count_cases(work: Work, user_id: UUID) -> int:
    """How many open cases somebody has."""
    return int(await work.driver.fetchval(HOW_MANY, user_id) or 0)


async def give_on(work: Work, user_id: UUID, successor: UUID | None) -> None:
    """Give every open case of somebody's to `successor`, or to nobody where they do not work at the desk."""
    cases = [_case(row[0]) for row in await work.driver.fetch(HELD_BY, user_id)]
    name: str | None = await work.driver.fetchval(MEMBER, successor) if successor else None
    for case in cases:
        await _pass_on(work, case, successor if name else None, name)
    if cases and not name:
        work.ask(NOTICE, cases[0].id)


async def _pass_on(work: Work, before: Case, to: UUID | None, name: str | None) -> None:
    case = msgspec.structs.replace(before, assigned_to=to, assigned_name=name, version=before.version + 1)
    refuse_second(await work.driver.execute(GIVE, case.id, before.version, to, name, case.queued_at))
    work.record(PASSED_ON, case.id, document=case_document(case))
    await write_entry(work, case.id, "handover", words=NO_MORE % {"name": before.assigned_name})


def _said(many: int) -> str:
    return ngettext(
        "%(num)s open case of the desk: it becomes nobody's, its record says so, and the supervisors are told",
        "%(num)s open cases of the desk: they become nobody's, each record says so, and the supervisors are told",
        many,
    )


IN_HAND: Final = Charge(_said, count_cases, give_on, ALLOWED[Permission.HELPLINE_WORK])
