"""A report as it reads: exact, of any period, for the desk; or as it may be published, with supervisors' words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from safeguard.errors import NotFound
from safeguard.helpline.report.annual import Annual, list_annuals
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.paper import Asked, Paper, Told
from safeguard.helpline.report.recommending import Recommendation, list_earlier, list_recommendations
from safeguard.helpline.report.releasing import Released, exact, release
from safeguard.helpline.report.setting import lines_of, moves_of, parts_of, top_of
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import list_stories
from safeguard.helpline.report.theming import name_themes
from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

YEARS_SHOWN: Final = 3
YEARS_PUBLISHED: Final = 1
NAME: Final = "select o.name from public.organisations o where o.id = (select sec.current_organisation())"
BEGAN: Final = """
select min(c.received_at) from public.helpline_cases c where c.organisation_id = (select sec.current_organisation())
"""


async def write_figures(
    work: Work, profile: Profile, helpline: Helpline, span: Span, theme: UUID | None = None
) -> Paper:
    """Exact figures of any period beside those of up to three years before, of one theme where one is given."""
    now = exact(await count_span(work, profile, helpline, span, theme))
    spans = await _spans_before(work, helpline, span, YEARS_SHOWN)
    before = [exact(await count_span(work, profile, helpline, each, theme)) for each in spans]
    return _paper(await _name(work), "", span, spans, now, before, profile, await name_themes(work))


async def write_report(work: Work, profile: Profile, helpline: Helpline, annual: Annual) -> Paper:
    """What is published of a report: figures that tell of nobody, stories that two agreed on, what is recommended."""
    groups = {code: each.family for code, each in profile.platforms.items()}
    now = release(await count_span(work, profile, helpline, annual.span), groups)
    spans = await _publishable(work, await _spans_before(work, helpline, annual.span, YEARS_PUBLISHED))
    before = [release(await count_span(work, profile, helpline, each), groups) for each in spans]
    themes = await name_themes(work)
    figures = _paper(await _name(work), annual.title, annual.span, spans, now, before, profile, themes)
    stories = [story for story in await list_stories(work, annual.id) if story.state == "agreed"]
    made = [each for each in await list_recommendations(work, annual.id) if each.state != "dropped"]
    return Paper(
        title=figures.title, organisation=figures.organisation, first=figures.first, last=figures.last,
        earlier=figures.earlier, top=figures.top, parts=figures.parts, platforms=figures.platforms,
        moves=figures.moves, foreword=annual.foreword, trends=annual.trends,
        stories=tuple(Told(story.title, story.words) for story in stories), recommendations=_asked(made),
        became=_asked(await list_earlier(work, annual.first_day)),
    )  # fmt: skip


async def _publishable(work: Work, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Earlier periods, as far as they meet no other that was published."""
    papers = [each.paper for each in await list_annuals(work) if each.state == "published" and each.paper]
    shown = [Span(paper.first, paper.last) for paper in papers]
    shown += [Span(*pair) for paper in papers for pair in paper.earlier]
    return tuple(span for span in spans if all(span == other or not span.overlaps(other) for other in shown))


async def _spans_before(work: Work, helpline: Helpline, span: Span, years: int) -> tuple[Span, ...]:
    """The same days of the years before, from when there were cases at all."""
    began = await work.driver.fetchval(BEGAN)
    first: date | None = began and began.astimezone(helpline.zone).date()
    spans = (span.before(year) for year in range(1, years + 1))
    return tuple(each for each in spans if first and each.last >= first)


async def _name(work: Work) -> str:
    name: str | None = await work.driver.fetchval(NAME)
    if name is None:
        raise NotFound
    return name


def _asked(made: Sequence[Recommendation]) -> tuple[Asked, ...]:
    return tuple(Asked(each.words, each.owner, each.state, each.became) for each in made)


def _paper(
    organisation: str, title: str, span: Span, spans: Sequence[Span], now: Released, before: Sequence[Released],
    profile: Profile, themes: Mapping[str, str],
) -> Paper:  # fmt: skip
    parts = parts_of(now, before, profile, themes)
    return Paper(
        title=title, organisation=organisation, first=span.first, last=span.last,
        earlier=tuple((each.first, each.last) for each in spans), top=top_of(now, before), parts=parts,
        platforms=lines_of(now, profile), moves=moves_of(parts),
    )  # fmt: skip
