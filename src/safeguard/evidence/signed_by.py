"""Who signed a checkpoint that somebody kept: the log's own key, another, or nobody.

That it fits the log says that the log is what it was then. That the log's key signed it says that it is one of ours,
and not three lines which somebody copied out of the log of today.
"""

from dataclasses import dataclass
from typing import Final, Literal

from safeguard.evidence.verifying.notes import Key, parse_key, parse_note
from safeguard.evidence.verifying.verdicts import Refused
from safeguard.work import Work

KEYS: Final = """
select p.vkey from public.packs p
where p.organisation_id = (select sec.current_organisation()) and p.vkey is not null and p.log = 'general'
union select r.vkey from public.access_reports r where r.organisation_id = (select sec.current_organisation())
"""


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Whose signature stands under it; with the fingerprints of the keys that count."""

    whose: Literal["ours", "false", "another", "nobody"]
    fingerprints: tuple[str, ...] = ()


async def judge(work: Work, note: str) -> SignedBy:
    """The signature under a kept checkpoint, by the keys that this log's packs and weekly reports ever named."""
    text = "\n".join(line.strip() for line in note.strip().splitlines()) + "\n"
    origin = text.partition("\n")[0]
    publics = {parse_key(row["vkey"]).public for row in await work.driver.fetch(KEYS)}
    return _judge(text, tuple(Key(origin, public) for public in sorted(publics)))


def _judge(text: str, keys: tuple[Key, ...]) -> SignedBy:
    try:
        note = parse_note(text.encode(), "checkpoint")
    except Refused:
        return SignedBy("nobody")
    try:
        signers = note.signers(keys, "checkpoint")
    except Refused:
        return SignedBy("false")
    return SignedBy("ours" if signers else "another", tuple(key.fingerprint for key in signers or keys))
