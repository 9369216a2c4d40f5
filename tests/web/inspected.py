"""An inspection with a question, for tests that ask every route."""

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.inspection.inviting import NewInspection, begin_inspection
from safeguard.work import begin

ASK = """
insert into inspection_notes (organisation_id, id, inspection_id, kind, words, written_at, written_by)
values ((select sec.current_organisation()), $1, $2, 'question', 'Who checks?', now(), $3)
"""


async def inspection_of(lead: Actor) -> dict[str, str]:
    """Somebody from outside, and what they asked."""
    question, email = clock.new_id(), f"inspector-{lead.organisation_id.hex[-8:]}@example.org"
    async with begin(lead) as work:
        begun = await begin_inspection(work, NewInspection("Ina Sample", email, "isi", "A visit."))
        await work.driver.execute(ASK, question, begun.id, lead.user_id)
    return {
        "inspection_id": str(begun.id), "question_id": str(question), "kind": "incident",
        "record_id": str(clock.new_id()),
    }  # fmt: skip
