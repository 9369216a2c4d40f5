"""What a helpline tells everybody, for the visits: a year of figures, a report and a draft, and an alert."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

import msgspec

from safeguard.access.actors import Actor
from safeguard.helpline.alerts.signalling import publish_signal
from safeguard.helpline.queries import get_case
from safeguard.helpline.report.annual import begin_annual, write_annual
from safeguard.helpline.report.publishing import ask_to_publish, make_annual
from safeguard.helpline.report.recommending import recommend
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import agree_story, tell_story
from safeguard.helpline.report.theming import code_case, open_theme
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.report.generating import Invented, add_cases, invent
from tests.web.announced import SIGNAL, leave

LONG = "Wherever a platform is told of an account that pretends to be a member of staff, answer within a day. " * 2


@dataclass(frozen=True, slots=True)
class Announced:
    """What there is to visit."""

    annual: UUID
    draft: UUID
    story: UUID
    signal: UUID
    received: UUID
    """The copy of a school."""


def over(case: Invented) -> Invented:
    """A case that nobody waits for any more."""
    case.state, case.ended_at = "closed", case.ended_at or case.answered_at or case.received_at
    return case


async def announce(supervisor: Actor, case_id: UUID, school: UUID) -> Announced:
    """Publish the year before last, begin the last one, and send an alert to a school."""
    year = Span(date(2024, 1, 1), date(2024, 12, 31))
    async with begin(supervisor) as work:
        made = invent(Random(7), 260, datetime(2023, 1, 1, tzinfo=UTC), 1_000)
        await add_cases(work, [over(case) for case in made])
        theme = await open_theme(work, "Intimate images", "An image was shared, or made, without consent.")
        await open_theme(work, "False accounts of members of staff in schools, colleges and early years", "")
        case = await get_case(work, case_id)
        await code_case(work, case, (theme,), case.version)
        annual = await begin_annual(work, "2024", "The year in which accounts were false", year)
        annual = await write_annual(work, annual, annual.title, "Thank you to everybody who rang us.", "Voices.", 1)
        await recommend(work, annual, LONG, "Platforms")
        story = await tell_story(work, annual, case.reference, "A false account", "Somebody was impersonated.\n" * 3)
        await agree_story(work, annual, story, True, story.version)
        await ask_to_publish(work, annual, annual.version)
    async with begin(supervisor) as work:
        await make_annual(work, annual.id)
    async with begin(supervisor) as work:
        draft = await begin_annual(work, "2025-spring", "Spring", Span(date(2025, 1, 1), date(2025, 6, 30)))
        await recommend(work, draft, "Teach it in every year.", "Schools")
        told = "A member of staff found @mr.hale on 3/4/2025. "
        story = await tell_story(work, draft, case.reference, "Found by a colleague", told * 4)
        long = msgspec.structs.replace(SIGNAL, words=SIGNAL.words + " " + "x" * 60)
        signal = await publish_signal(work, profile_of("helpline"), long)
    return Announced(annual.id, draft.id, story.id, signal.id, await leave(school, signal))
