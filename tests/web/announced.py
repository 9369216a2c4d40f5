"""A report with a story and a recommendation, a theme, and an alert as it was published and as it was received."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.helpline.alerts.signalling import NewSignal, Signal, publish_signal
from safeguard.helpline.alerts.spreading import LEAVE
from safeguard.helpline.case import Case
from safeguard.helpline.report.annual import begin_annual
from safeguard.helpline.report.recommending import recommend
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import tell_story
from safeguard.helpline.report.theming import open_theme
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

SIGNAL = NewSignal(
    title="False accounts of teachers", words="They use a photo of the school's page.", to_do="Look for yours.",
    platform="tiktok", kinds=("school",), nations=("england",),
)  # fmt: skip


async def leave(organisation: UUID, signal: Signal) -> UUID:
    """A copy with an organisation, as the worker leaves it."""
    async with begin(system(organisation)) as work:
        return await work.driver.fetchval(
            LEAVE, clock.new_id(), signal.id, "The helpline", signal.title, signal.words, signal.to_do,
            signal.platform, signal.published_at, work.now(),
        )  # fmt: skip


async def announced_by(supervisor: Actor, case: Case) -> dict[str, str]:
    """One of each, by the names that routes have for them."""
    async with begin(supervisor) as work:
        theme = await open_theme(work, "Intimate images", "An image was shared without consent.")
        annual = await begin_annual(work, "2024", "The year", Span(date(2024, 1, 1), date(2024, 12, 31)))
        story = await tell_story(work, annual, case.reference, "A story", "Somebody was impersonated.")
        made = await recommend(work, annual, "Answer within a day.", "Platforms")
        signal = await publish_signal(work, profile_of("helpline"), SIGNAL)
    return {
        "theme_id": str(theme), "annual_id": str(annual.id), "story_id": str(story.id),
        "recommendation_id": str(made.id), "signal_id": str(signal.id),
        "received_id": str(await leave(supervisor.organisation_id, signal)),
    }  # fmt: skip
