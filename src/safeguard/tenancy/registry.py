"""Every setting that there is: what it means, what it may be, and what it is when nobody chose.

A setting exists because something reads it. Time limits and periods of retention come from the kind's profile, one
setting each; what the law fixes may be made stricter, never looser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from safeguard.errors import FieldError, Invalid
from safeguard.tenancy.limits import Certainty, Clock, Retention, Unit
from safeguard.tenancy.profile import Profile, PublicPage
from safeguard.tenancy.values import Chosen, Codes, Number, OneOf, Spans, Words


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an organisation may choose."""

    name: str
    section: str
    label: str
    hint: str
    reads: Words | Number | Codes | Spans | OneOf
    built_in: Chosen | None
    """What it is when neither the kind, nor the group, nor the organisation says otherwise."""
    of_kind: Chosen | None
    """What the profile of the kind says, or None."""
    source: str = ""
    """Where the limit comes from, when it comes from outside."""
    certainty: Certainty | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is typed in figures."""
        return isinstance(self.reads, Number)

    @property
    def options(self) -> Mapping[str, str]:
        """What there is to choose from, when it is one of a few answers."""
        return self.reads.options if isinstance(self.reads, OneOf) else {}

    @property
    def lines(self) -> int:
        """How many lines there are to type in."""
        return 12 if isinstance(self.reads, Spans) else 4

    @property
    def unit(self) -> str:
        """What a number counts."""
        return self.reads.unit if isinstance(self.reads, Number) else ""

    def read(self, typed: str) -> Chosen:
        """What was typed, as a value; raises `Invalid` with the sentence to show."""
        try:
            return self.reads.read(typed)
        except ValueError as refusal:
            raise Invalid(FieldError("value", str(refusal))) from refusal

    def takes(self, value: Chosen) -> bool:
        """Whether a value that was kept before may still stand."""
        try:
            return self.reads.read(self.typed(value)) == value
        except ValueError:
            return False

    def said(self, value: Chosen) -> str:
        """A value as people read it."""
        match value, self.reads:
            case list(), Codes(options=options):
                return ", ".join(options.get(code, code) for code in value)
            case str(), OneOf(options=options):
                return options.get(value, value)
            case list(), Spans():
                return self.reads.said(value)
            case 0, Number(zero=zero) if zero:
                return zero
            case int(), Number(unit=unit):
                return f"{value} {unit if value != 1 else unit.removesuffix('s')}".strip()
            case _:
                return str(value)

    def typed(self, value: Chosen) -> str:
        """A value as it stands in the box where it is changed."""
        if isinstance(value, list) and isinstance(self.reads, Spans):
            return self.reads.typed(value)
        return self.said(value) if isinstance(value, list) else str(value)


SECTIONS: Final[Mapping[str, str]] = {
    "contact": "Reaching somebody",
    "report": "The report form",
    "public": "The public page",
    "notices": "Notices",
    "calendar": "Term dates",
    "files": "Files",
    "clocks": "Time limits",
    "retention": "How long records are kept",
}
UNITS: Final[Mapping[Unit, str]] = {
    Unit.HOURS: "hours",
    Unit.HELPLINE_HOURS: "helpline hours",
    Unit.DAYS: "days",
    Unit.WORKING_DAYS: "working days",
    Unit.SCHOOL_DAYS: "school days",
    Unit.MONTHS: "months",
    Unit.AT_ONCE: "",
}
MOST: Final[Mapping[Unit, int]] = {
    Unit.HOURS: 720,
    Unit.HELPLINE_HOURS: 120,
    Unit.DAYS: 366,
    Unit.WORKING_DAYS: 60,
    Unit.SCHOOL_DAYS: 60,
    Unit.MONTHS: 36,
    Unit.AT_ONCE: 0,
}
STRICTER = "The law sets this limit: you may only make it stricter."
LONGER = 120
"""Years for which nobody alive needs a record any longer."""


@cache
def settings_of(profile: Profile) -> Mapping[str, Setting]:
    """Every setting of organisations of this kind by its name, in the order in which the page shows them."""
    return {
        setting.name: setting
        for setting in (
            *_own(profile),
            *_public(profile),
            *_notices(),
            *_calendar(profile),
            *_reviews(profile),
            *_clocks(profile),
            *_retention(profile),
            *_transfers(profile),
        )
    }


def _own(profile: Profile) -> Iterator[Setting]:
    yield Setting(
        "contact.lead", "contact", f"How to reach the {profile.word('lead')}",
        "A room, a telephone number, and who to ask for when they are away. Shown beside the emergency instructions.",
        Words(500), "", None,
    )  # fmt: skip
    platforms = {code: platform.name for code, platform in profile.platforms.items()}
    yield Setting(
        "report.first_platforms", "report", "Apps and games offered first",
        "Up to eight, with commas between them. The others stay a click away.",
        Codes(platforms, 8), [], list(profile.first_platforms),
    )  # fmt: skip


PUBLIC_REPORT: Final = "public.report"
PUBLIC_NOTE: Final = "public.note"


def _public(profile: Profile) -> Iterator[Setting]:
    """The public page, where this kind of organisation may have one; a group may choose for all of its own."""
    if profile.public_page is PublicPage.NONE and profile.kind != "group":
        return
    hidden = profile.public_page is PublicPage.HIDDEN
    yield Setting(
        PUBLIC_REPORT, "public", "Reports by the public page",
        f"Whether {profile.word('pupils')}, {profile.word('families')} and visitors can write to you without an "
        "account.",
        OneOf({"on": "On", "off": "Off"}), "on", "off" if hidden else None,
    )  # fmt: skip
    yield Setting(
        PUBLIC_NOTE, "public", "Who reads what comes by the public page",
        "A sentence for a child of nine: who reads it, and when. Shown before anybody writes, so say what their job "
        "is and not their names: what somebody wants to tell may be about one of them.",
        Words(300), "", None,
    )  # fmt: skip


WAIT: Final = "notices.wait"
WAIT_IN_DANGER: Final = "notices.wait_danger"
SOON: Final = "Somebody may be in danger, so nobody may choose to hear of it later than that."


def _notices() -> Iterator[Setting]:
    waits = (
        (WAIT_IN_DANGER, "A new report with somebody in danger may wait", " Never longer than any other report may.",
         Number(5, 60, "minutes", SOON), 15),
        (WAIT, "Any other new report may wait", "", Number(5, 2880, "minutes"), 240),
    )  # fmt: skip
    for name, label, least, reads, minutes in waits:
        yield Setting(
            name, "notices", label,
            "Until somebody says that it was received. Then everybody who handles incidents is told again, and after "
            f"as long once more whoever stands above them.{least}",
            reads, minutes, None,
        )  # fmt: skip
    yield Setting(
        "files.most_megabytes", "files", "The largest file that can be attached",
        "Of an incident. Scanned letters and recordings are seldom larger than this.",
        Number(1, 100, "megabytes"), 25, None,
    )  # fmt: skip


TERMS: Final = "calendar.terms"
CLOSURES: Final = "calendar.closures"


def _calendar(profile: Profile) -> Iterator[Setting]:
    """Term dates, where something is counted in school days; a group may enter them for all of its schools."""
    if profile.kind != "group" and not any(clock.unit is Unit.SCHOOL_DAYS for clock in profile.clocks.values()):
        return
    yield Setting(
        TERMS, "calendar", "Terms",
        "One a line, such as: Autumn term: 2 September 2026 to 18 December 2026. You can paste from a spreadsheet. "
        "School days are counted within them, Monday to Friday, less bank holidays.",
        Spans("term", "terms"), [], None,
    )  # fmt: skip
    yield Setting(
        CLOSURES, "calendar", "Closed within a term",
        "Half-terms, inset days and other days without school, one a line, such as: Half-term: 26 to 30 October 2026.",
        Spans("closure", "closures", most=120, apart=False), [], None,
    )  # fmt: skip


def _clocks(profile: Profile) -> Iterator[Setting]:
    for code, clock in profile.clocks.items():
        if clock.unit is not Unit.AT_ONCE:
            yield _clock(f"clocks.{code}", clock, profile)


def _clock(name: str, clock: Clock, profile: Profile) -> Setting:
    law = clock.certainty is Certainty.LAW
    reads = Number(1, clock.value if law else MOST[clock.unit], UNITS[clock.unit], STRICTER if law else "")
    hint = f"Counted from {profile.moments[clock.starts]}. {clock.then}"
    return Setting(name, "clocks", clock.name, hint, reads, None, clock.value, clock.source, clock.certainty)


REVIEWED_WITHIN: Final = "standards.months"


def _reviews(profile: Profile) -> Iterator[Setting]:
    """How often standards come round; a kind that measures itself by none has no such setting."""
    if profile.kind in ("helpline", "group"):
        return
    yield Setting(
        REVIEWED_WITHIN, "clocks", "Every standard is reviewed again within",
        "Counted from the day on which a review is signed off. A standard that asks for it sooner keeps its own rhythm;"
        " most ask for a year.",
        Number(0, 12, "months", zero="As each standard says"), 0, None,
    )  # fmt: skip


def _retention(profile: Profile) -> Iterator[Setting]:
    for code, rule in profile.retention.items():
        yield _kept(f"retention.{code}", rule, profile)


def _transfers(profile: Profile) -> Iterator[Setting]:
    if profile.kind in ("helpline", "group"):
        return
    yield Setting(
        "transfers.copy", "retention", "A copy of a file that was sent to the next place",
        "Once they have signed for it. Where no copy is kept, two people still agree to each disposal.",
        OneOf({"keep": "Keep a copy", "none": "Keep none"}), "keep", None,
    )  # fmt: skip


def _kept(name: str, rule: Retention, profile: Profile) -> Setting:
    law = rule.certainty is Certainty.LAW
    reads = Number(rule.years if law else 0, LONGER, "years", zero=f"Until {profile.moments[rule.starts]}")
    hint = f"Counted from {profile.moments[rule.starts]}; then it comes up for review. {rule.exception}".strip()
    return Setting(name, "retention", rule.name, hint, reads, None, rule.years, rule.source, rule.certainty)
