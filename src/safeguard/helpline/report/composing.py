"""A report as it reads: exact, of any period, for the desk; or as it may be published, with supervisors' words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, cast
from uuid import UUID

import msgspec

from safeguard.errors import NotFound
from safeguard.helpline.pointing import read_pointers
from safeguard.helpline.report.annual import Annual, list_ever_published
from safeguard.helpline.report.comparing import list_beside
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.paper import Asked, Paper, Told
from safeguard.helpline.report.recommending import Recommendation, list_earlier, list_recommendations
from safeguard.helpline.report.releasing import Released, exact, release
from safeguard.helpline.report.setting import lines_of, moves_of, parts_of, top_of
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import list_stories
from safeguard.helpline.report.theming import list_themes, name_themes
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
    return _paper(await _name(work), "", span, spans, now, before, profile, await _own_names(work, profile))


async def write_report(work: Work, profile: Profile, helpline: Helpline, annual: Annual) -> Paper:
    """What is published of a report: figures that tell of nobody, stories that two agreed on, what is recommended."""
    groups = {code: each.family for code, each in profile.platforms.items()}
    if annual.theme_id:
        return await _of_theme(work, profile, helpline, annual, groups)

    async def shown(span: Span) -> Released:
        beside = await list_beside(work, profile, helpline, span, None)
        return release(await count_span(work, profile, helpline, span), groups, beside)

    now = await shown(annual.span)
    spans = await _publishable(work, await _spans_before(work, helpline, annual.span, YEARS_PUBLISHED))
    before = [await shown(each) for each in spans]
    own = await _own_names(work, profile)
    figures = _paper(await _name(work), annual.title, annual.span, spans, now, before, profile, own)
    return msgspec.structs.replace(
        await _with_words(work, annual, figures), became=_asked(await list_earlier(work, annual.first_day))
    )


async def _of_theme(
    work: Work, profile: Profile, helpline: Helpline, annual: Annual, groups: Mapping[str, str]
) -> Paper:
    """The same of the cases of one theme: no other years beside it, and no rates, which could be taken from rates."""
    themes = {each.id: each for each in await list_themes(work)}
    theme = themes[cast("UUID", annual.theme_id)]
    beside = await list_beside(work, profile, helpline, annual.span, theme.id)
    counted = await count_span(work, profile, helpline, annual.span, theme.id)
    now = msgspec.structs.replace(release(counted, groups, beside), platforms=(), helpful="", rated=None)
    own = await _own_names(work, profile)
    figures = _paper(await _name(work), annual.title, annual.span, (), now, (), profile, own)
    return msgspec.structs.replace(
        await _with_words(work, annual, figures), theme=theme.name, describes=theme.describes
    )


async def _with_words(work: Work, annual: Annual, figures: Paper) -> Paper:
    """Figures with what supervisors wrote."""
    stories = [story for story in await list_stories(work, annual.id) if story.state == "agreed"]
    made = [each for each in await list_recommendations(work, annual.id) if each.state != "dropped"]
    return msgspec.structs.replace(
        figures, foreword=annual.foreword, trends=annual.trends,
        stories=tuple(Told(story.title, story.words) for story in stories), recommendations=_asked(made),
    )  # fmt: skip


async def _publishable(work: Work, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Earlier periods, as far as they meet no other that was ever published."""
    papers = [each.paper for each in await list_ever_published(work) if each.paper]
    shown = [Span(paper.first, paper.last) for paper in papers]
    shown += [Span(*pair) for paper in papers for pair in paper.earlier]
    return tuple(span for span in spans if all(span == other or not span.overlaps(other) for other in shown))


async def _spans_before(work: Work, helpline: Helpline, span: Span, years: int) -> tuple[Span, ...]:
    """The same days of the years before, from when there were cases at all."""
    began = await work.driver.fetchval(BEGAN)
    first: date | None = began and began.astimezone(helpline.zone).date()
    spans = (span.before(year) for year in range(1, years + 1))
    return tuple(each for each in spans if first and each.last >= first)


async def _own_names(work: Work, profile: Profile) -> Mapping[str, str]:
    """What the helpline named itself: themes by id, resources by code."""
    resources = (await read_pointers(work, profile)).values()
    return {**await name_themes(work), **{each.code: each.name for each in resources if each.own}}


async def _name(work: Work) -> str:
    name: str | None = await work.driver.fetchval(NAME)
    if name is None:
        raise NotFound
    return name


def _asked(made: Sequence[Recommendation]) -> tuple[Asked, ...]:
    return tuple(Asked(each.words, each.owner, each.state, each.became) for each in made)


def _paper(
    organisation: str, title: str, span: Span, spans: Sequence[Span], now: Released, before: Sequence[Released],
    profile: Profile, own: Mapping[str, str],
) -> Paper:  # fmt: skip
    parts = parts_of(now, before, profile, own)
    return Paper(
        title=title, organisation=organisation, first=span.first, last=span.last,
        earlier=tuple((each.first, each.last) for each in spans), top=top_of(now, before), parts=parts,
        platforms=lines_of(now, profile), moves=moves_of(parts),
    )  # fmt: skip
