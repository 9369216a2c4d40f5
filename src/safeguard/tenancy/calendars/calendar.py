"""Which days count: working days of a nation, school days of an organisation. Nothing is guessed.

Whoever asks about a day that nobody has entered is told so (`Uncountable`): a limit that is silently wrong is worse
than one that asks for the term dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from safeguard.tenancy.calendars.bank_holidays import Helpline, Holidays, load_bank_holidays
from safeguard.tenancy.calendars.spans import Span
from safeguard.tenancy.nations import Nation
from safeguard.web.languages import gettext

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_SUMMER, LONGEST_HOLIDAY = timedelta(days=63), timedelta(days=35)
"""A longer gap between two terms is taken for one that nobody has entered, unless a closure says otherwise: half of a
term with the holidays beside it is longer than any holiday but that of the summer."""
SUMMER = (8, 1)
"""Month and day that lie in the summer holiday of each nation."""


class Uncountable(Exception):
    """A limit that cannot be counted, with a sentence that says what is missing."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one organisation."""

    zone: ZoneInfo
    holidays: Holidays
    """Of its nation."""
    helpline: Helpline
    terms: tuple[Span, ...] = ()
    """In the order of their first days."""
    closures: tuple[Span, ...] = ()
    """Inset days, half-terms, elections: within a term, and no school."""

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday less bank holidays; raises `Uncountable` for a year whose bank holidays are not known."""
        return is_working_day(day, self.holidays)

    def is_school_day(self, day: date) -> bool:
        """A working day within a term that is no closure; raises `Uncountable` where no term is known."""
        if not self.terms:
            raise Uncountable(gettext("No term dates are entered yet, so school days can't be counted."))
        if not any(day in term for term in self.terms):
            self._refuse_gap(day)
            return False
        return self.is_working_day(day) and not any(day in closure for closure in self.closures)

    def _refuse_gap(self, day: date) -> None:
        before = [term.last for term in self.terms if term.first <= day]
        after = [term.first for term in self.terms if term.first > day]
        if not before:
            raise Uncountable(gettext("No term dates are entered before %(day)s.") % {"day": _said(min(after))})
        if not after:
            raise Uncountable(gettext("No term dates are entered after %(day)s.") % {"day": _said(max(before))})
        last, first = max(before), min(after)
        if first - last > _longest(last, first) and not self._closed_over(last, first):
            raise Uncountable(
                gettext("No term dates are entered between %(last)s and %(first)s.")
                % {"last": _said(last), "first": _said(first)}
            )

    def _closed_over(self, last: date, first: date) -> bool:
        """Whether a closure says that there is no school from the end of one term to the beginning of the next."""
        return any(closure.first <= last + DAY and closure.last >= first - DAY for closure in self.closures)


def calendar_of(nation: str, zone: str, terms: tuple[Span, ...] = (), closures: tuple[Span, ...] = ()) -> Calendar:
    """The calendar of an organisation in a nation, with its terms and closures."""
    known = load_bank_holidays()
    holidays = known.of_nation[Nation(nation)]
    return Calendar(ZoneInfo(zone), holidays, known.helpline, tuple(sorted(terms)), tuple(sorted(closures)))


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Monday to Friday less these bank holidays."""
    if day.weekday() >= SATURDAY:
        return False
    if day.year not in holidays.years:
        raise uncountable_year(day.year)
    return day not in holidays


def uncountable_year(year: int) -> Uncountable:
    """That the bank holidays of a year are not known."""
    return Uncountable(
        gettext("The bank holidays of %(year)d are not known here, so working days can't be counted.") % {"year": year}
    )


def _longest(last: date, first: date) -> timedelta:
    summers = (date(year, *SUMMER) for year in {last.year, first.year})
    return LONGEST_SUMMER if any(last < summer < first for summer in summers) else LONGEST_HOLIDAY


def _said(day: date) -> str:
    """With its year, always: a date that is missing from a calendar."""
    return Span(day, day).written()
