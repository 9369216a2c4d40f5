"""Reading what a board is made from: the counts of two periods, the latest reviews, evidence and improvements."""

from datetime import date

from safeguard.access.policy import Permission
from safeguard.insights.boards import Board, Source, make_board
from safeguard.insights.counting import Counts, read_counts
from safeguard.insights.periods import chosen_period
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.queries import beside, latest_reviews
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

EMPTY = Counts({})
A_YEAR = 12


async def read_board(work: Work, profile: Profile, today: date, period_code: str) -> Board:
    """The board for whoever asks: exact for leads, without small figures for those who may not know of single cases."""
    work.require(Permission.INSIGHTS_READ)
    framework = framework_of(BUILT_IN, profile)
    if framework is None:
        raise RuntimeError("every organisation starts with PIES")
    exact = work.may(Permission.INSIGHTS_EXACT)
    period = chosen_period(period_code, today, exact=exact)
    counts = await read_counts(work, period.first, period.last) if period.months else EMPTY
    # A part of the year before would tell, beside the whole of it, what is left out of that.
    compares = period.months if exact else len(period.months) == A_YEAR
    earlier = await read_counts(work, period.earlier[0], period.earlier[-1]) if compares else EMPTY
    reviews = tuple(review for review in await latest_reviews(work) if review.framework == framework.code)
    codes = [control.code for control in framework.controls]
    found = await beside(work, framework.code, codes)
    return make_board(Source(profile, framework, period, exact, today, counts, earlier, reviews, found))
