"""What the verifier says, in words that somebody who has never seen a hash can act on."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """One of six answers. Only the first three begin with VALID."""

    VALID = "VALID"
    KEY_NOT_KNOWN = "VALID but KEY NOT KNOWN"
    REDACTED = "VALID but REDACTED"
    DISCONTINUITY = "DISCONTINUITY"
    INVALID = "INVALID"
    CANNOT_CHECK = "CANNOT CHECK"


EXIT_STATUS = {
    Verdict.VALID: 0,
    Verdict.KEY_NOT_KNOWN: 0,
    Verdict.REDACTED: 0,
    Verdict.DISCONTINUITY: 1,
    Verdict.INVALID: 1,
    Verdict.CANNOT_CHECK: 2,
}
"""A discontinuity is never a plain green light, so it is not a zero either."""


class Refused(Exception):
    """The pack is not what it claims to be: which file, which entry, and why."""

    verdict = Verdict.INVALID

    def __init__(self, sentence: str, *, file: str | None = None, entry: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.file = file
        self.entry = entry


class NotCheckable(Refused):
    """Nothing can be said: this is not a pack, or not one that this verifier understands."""

    verdict = Verdict.CANNOT_CHECK


@dataclass(frozen=True, slots=True)
class Log:
    """The log that the pack stands on, as its checkpoint states it."""

    origin: str
    size: int
    root: str
    last_time: str


@dataclass(slots=True)
class Findings:
    """What was established on the way to a verdict."""

    title: str = ""
    organisation: str = ""
    disclosure: str = ""
    log: Log | None = None
    files: int = 0
    objects: int = 0
    versions: int = 0
    shown: int = 0
    hidden: int = 0
    attached: int = 0
    disposed: int = 0
    """Entries, among those that are shown, by which the words of a record were disposed of."""
    stamped: str = ""
    """The time that a timestamp over the checkpoint states; empty without one."""
    redacted: list[str] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    publics: tuple[bytes, ...] = ()
    """The keys themselves."""
    earlier: int = 0
    """Sizes of this log that were seen before, in packs that were checked here."""
    kept: bool | None = None
    """Whether this one is remembered for the next; None where nothing is to be."""
    key_known: bool = False
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict, the sentence that explains it, and what was found."""

    verdict: Verdict
    sentence: str
    findings: Findings
    file: str | None = None
    entry: int | None = None

    @property
    def exit_status(self) -> int:
        """0 valid, 1 invalid or discontinuous, 2 cannot check."""
        return EXIT_STATUS[self.verdict]

    @property
    def headline(self) -> str:
        """The verdict as one line; where two reservations hold, both are in it."""
        if self.verdict is Verdict.KEY_NOT_KNOWN and self.findings.redacted:
            return "VALID but KEY NOT KNOWN and REDACTED"
        return str(self.verdict)
