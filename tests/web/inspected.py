"""An inspection with a question, and a weekly report, for tests that ask every route."""

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.inspection.inviting import NewInspection, begin_inspection
from safeguard.work import begin

ASK = """
insert into inspection_notes (organisation_id, id, inspection_id, kind, words, written_at, written_by)
values ((select sec.current_organisation()), $1, $2, 'question', 'Who checks?', now(), $3)
"""

REPORT = """
insert into access_reports (organisation_id, id, from_size, origin, log_size, checkpoint, vkey, made_at)
values ((select sec.current_organisation()), $1, 0, 'safeguard.example/t/0123abcd/1', 2, $2, $3, now())
"""
NOTE = "safeguard.example/t/0123abcd/1\n2\nka++CIdZZAt6/KB4ThnxShzYZAw5WU6ULO2n6oT8nsg=\n\n— nobody AAAA\n"
VKEY = "safeguard.example/t/0123abcd/1+ec5a17e5+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


async def inspection_of(lead: Actor) -> dict[str, str]:
    """Somebody from outside, and what they asked."""
    week = clock.new_id()
    question, email = clock.new_id(), f"inspector-{lead.organisation_id.hex[-8:]}@example.org"
    async with begin(lead) as work:
        begun = await begin_inspection(work, NewInspection("Ina Sample", email, "isi", "A visit."))
        await work.driver.execute(ASK, question, begun.id, lead.user_id)
        await work.driver.execute(REPORT, week, NOTE, VKEY)
    return {
        "inspection_id": str(begun.id), "question_id": str(question), "kind": "incident",
        "record_id": str(clock.new_id()), "week_id": str(week),
    }  # fmt: skip
