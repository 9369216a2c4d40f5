"""The verifier's answer as text: first the verdict, then what was checked, then what that does not prove."""

from safeguard.evidence.verifying.verdicts import Findings, Report, Verdict

_WITHOUT_FACTS = (Verdict.INVALID, Verdict.CANNOT_CHECK)
_ADVICE = (
    "Do not rely on it. Fetch the file once more; if it says the same, keep this copy and ask whoever gave it to you.",
)


def tell(report: Report, pack: str) -> str:
    """Everything that an inspector needs to read, as lines."""
    lines = [report.headline, "", report.sentence]
    if report.file:
        lines.append(f"  file:  {report.file}")
    if report.entry is not None:
        lines.append(f"  entry: {report.entry} (the first is 0)")
    if report.verdict is Verdict.INVALID:
        lines += ["", *_ADVICE]
    if report.verdict not in _WITHOUT_FACTS:
        lines += ["", *_facts(report.findings), "", *_limits(report.findings)]
    return "\n".join([f"{pack}: {lines[0]}", *lines[1:]])


def _facts(found: Findings) -> list[str]:
    assert found.log is not None  # noqa: S101  there is no verdict of this kind without it
    lines = [
        f"Pack          {found.title}",
        f"Organisation  {found.organisation} (as the pack says)",
        f"Files         {found.files}, every one as it was signed",
        f"Records       {_records(found)}, each what the log was told when it was written",
        *_attached(found),
        *_disposed(found),
        f"Log           {found.log.origin}",
        f"Entries       {_entries(found)}",
        f"As of         {found.log.last_time} (time by the organisation's own clock)",
        *_stamped(found),
        f"Before        {_before(found)}",
        *(f"Key           {key}" for key in found.keys),
        *(f"Fingerprint   {fingerprint}" for fingerprint in found.fingerprints),
    ]
    lines += [f"Left out      {name}" for name in found.redacted]
    return lines


def _attached(found: Findings) -> list[str]:
    if not found.attached:
        return []
    return [f"Attached      {found.attached}, each what the log was told when it was attached"]


def _disposed(found: Findings) -> list[str]:
    """The words are gone by the organisation's own decision; that they were there stays in the log."""
    if not found.disposed:
        return []
    many = "1 record" if found.disposed == 1 else f"{found.disposed} records"
    return [f"Disposed of   {many}, as the entries shown say: the words are gone, what the log holds of them stays"]


def _stamped(found: Findings) -> list[str]:
    """It is of this checkpoint; whether its authority is one to trust is for others to say."""
    if not found.stamped:
        return []
    return [f"Timestamp     {found.stamped}, of this log's checkpoint; openssl ts -verify says whose it is"]


def _before(found: Findings) -> str:
    """Whether it was held against earlier packs: what two of one log say against each other, neither says alone."""
    if found.kept is None:
        return "not held against earlier packs of this log (--no-memory)"
    if found.earlier:
        one = found.earlier == 1
        many = "the earlier pack" if one else f"the {found.earlier} earlier packs"
        said = f"{many} of this log that you checked here {'says' if one else 'say'} nothing else, as far as both reach"
    else:
        said = "this is the first pack of this log here, so there was none to hold it against"
    return said if found.kept else f"{said}; the file that remembers could not be written: the next is not compared"


def _records(found: Findings) -> str:
    return f"{found.objects} with {found.versions} version{'' if found.versions == 1 else 's'}"


def _entries(found: Findings) -> str:
    assert found.log is not None  # noqa: S101  as above
    if found.disclosure == "complete":
        return f"all {found.log.size} are here, unaltered, and no entry of a record in this pack is missing"
    return (
        f"{found.shown} of {found.log.size} are shown, unaltered; {found.hidden} others are not shown (minimal"
        " disclosure), so it is not claimed that nothing else was written about these records"
    )


def _limits(found: Findings) -> list[str]:
    lines = [
        "This proves that what is here was not changed after it was signed. It does not prove that what was written",
        "is true, that everything was written down, nor who holds the key. The report (PDF) is signed as a whole;",
        "the records in data/ are what stands in the log.",
    ]
    if not found.key_known:
        lines.append("To be sure whose key it is: safeguard verify PACK --key KEY, with the key from another source.")
    return lines
