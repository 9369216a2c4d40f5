"""One record of each kind that leads see to, settled, with a word wherever one can write; of a public report its id."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.inspection.inviting import NewInspection, begin_inspection, end_inspection
from safeguard.intake.alert import NewAlert
from safeguard.intake.receiving import receive_alert
from safeguard.intake.settling import close_alerts
from safeguard.people.recording import record_person
from safeguard.records.access import gathering, handling
from safeguard.records.access.handling import NewRequest
from safeguard.records.logs.breaching import Settled, find_breach, settle_breach
from safeguard.records.logs.writing import answer_complaint, receive_complaint
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.standards.proving import NewItem, add_item
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.kinds.kept import what_was_kept

FAR = date(2090, 1, 1)
"""Everything here is past its time then."""
LOOKED_BACK = frozenset({"voice", "impact", "filtering", "review", "improvement"})
"""What an organisation wrote about how it does: made, and disposed of, in `test_disposing_looked_back`."""
DAY = date(2026, 1, 12)
ADD_REPORT = """
insert into public_reports (organisation_id, id, code_hash, visitor, kept_at, language, state, held_for, held_words,
    looked_at, looked_by, looked_by_name, reason)
values ($1, $2, sha256($2::text::bytea), 'v', now(), 'en_GB', 'set_aside', 'many', $3, now(), $4, $5, $5)
"""
ADD_IMPORT = """
insert into imports (organisation_id, id, source, file_name, size, sha256, state, uploaded_at, uploaded_by_name,
    started_at, finished_at)
values ((select sec.current_organisation()), $1, 'csv', $2, 1, sha256('x'), 'done', now(), 'Sample', now(), now())
"""
ADD_PROBLEM = """
insert into import_problems (organisation_id, id, import_id, row_number, field, problem)
values ((select sec.current_organisation()), $1, $2, 1, 'words', $3)
"""


def paper(title: str, day: date) -> NewItem:
    """A policy as evidence."""
    return NewItem(kind="policy", title=title, dated_on=day, supports=(("pies", "M3"),))


async def one_of_each(lead: Actor, word: str) -> dict[str, UUID]:
    """Their ids, by kind."""
    return {
        **await what_came_in(lead, word),
        **await what_was_shown(lead, word),
        **await what_was_asked(lead, word),
        **await what_was_kept(lead, word),
    }


async def what_came_in(lead: Actor, word: str) -> dict[str, UUID]:
    """A public report that was set aside, an alert, an import."""
    report, imported = clock.new_id(), clock.new_id()
    async with begin(lead) as work:
        alert = await receive_alert(
            work, "Watchful", NewAlert(id="1", raised_at=clock.now(), user=word, words=f"Said {word}.")
        )
        await close_alerts(work, [alert.id], f"It was {word}.")
        await work.driver.execute(ADD_IMPORT, imported, f"{word}.csv")
        await work.driver.execute(ADD_PROBLEM, clock.new_id(), imported, f"{word}?")
    return {"alert": alert.id, "import": imported, "public_report": report}


async def what_was_shown(lead: Actor, word: str) -> dict[str, UUID]:
    """An item of evidence, training with who attended, a visit that ended."""
    async with begin(lead) as work:
        item = await add_item(work, paper(f"{word} policy", DAY))
        event = await record_event(work, SCHOOL, NewEvent(title=f"On {word}", audiences=("staff",), held_on=DAY))
        await record_present(work, event, Present(names=(f"Ana {word}",)))
        begun = await begin_inspection(work, NewInspection(f"Ina {word}", f"{word}@example.org", "isi", f"{word}?"))
    async with begin(lead) as work:
        await end_inspection(work, begun.id)
    return {"evidence_item": item.id, "training_event": event.id, "inspection": begun.id}


async def what_was_asked(lead: Actor, word: str) -> dict[str, UUID]:
    """A complaint that was answered, a breach that was settled, a request that was gathered and refused."""
    async with begin(lead) as work:
        complaint = await receive_complaint(work, DAY, f"Jo {word}", "data", f"About {word}.")
        breach = await find_breach(work, clock.now(), f"A letter to {word}.", 1, "none", "")
        person = await record_person(work, called("Ana", "Brook", notes=f"{word} moved."), SCHOOL)
    async with begin(lead) as work:
        await answer_complaint(work, complaint, f"We told {word}.", "no")
        await settle_breach(work, breach, Settled("none", f"Asked {word}.", not_reported=f"Only {word}."))
        request = await handling.receive(work, NewRequest(person.id, "self", f"Ana {word}", word, DAY))
        await gathering.gather(work, request)
    async with begin(lead) as work:
        await handling.refuse(work, request, f"{word} again.")
    return {"complaint": complaint, "breach": breach, "access_request": request}
