"""README.txt: for somebody who opened the zip and has never heard of any of this."""

from textwrap import fill

from safeguard.evidence.packs.contents import Disclosure, PackFacts

_DISCLOSED = {
    Disclosure.COMPLETE: (
        "Complete: every entry of the log up to that moment is here. A verifier can show that nothing was altered\n"
        "and that no entry about the records in this pack is missing."
    ),
    Disclosure.MINIMAL: (
        "Minimal: the entries about the records in this pack are here, and of all others only their hashes. A\n"
        "verifier can show that nothing was altered. It cannot show that nothing else was written about them."
    ),
}


def readme(facts: PackFacts) -> str:
    """The text, with LF line ends."""
    return f"""{facts.title}
{facts.organisation}
As of {facts.as_of:%d %B %Y, %H:%M:%S} UTC. Made by Safeguard {facts.release}.

WHAT THIS IS
  report.pdf        the report, for reading; its volumes, when there is much, are report-01.pdf and so on
  data/             the records as they were written, every version of each
  files/            the attached files, if they were asked for; files/README.txt lists them, and what is left out
  audit/entries     the log: who did what and when, without names or content
  checkpoint.note   size and root of the log, signed
  keys.note         the keys that signed
  verify.html       checks a pack in a browser, offline
  manifest.json     every file with its hash; manifest.note is its signature

WHAT IS SHOWN
{_DISCLOSED[facts.disclosure]}

{_attested(facts)}HOW TO CHECK IT
Use a verifier that you fetched yourself, not one that came with a pack: one that came with a pack was
written by the party that you are checking.

  safeguard verify PACK.zip --key KEY

The command comes with Safeguard. No account, no network and no database is needed. Without it, open verify.html
in a browser and drop the pack in: fetch that page from the address of any Safeguard, ending in /verify, and
compare its SHA-256 with what another one publishes.

KEY is the log's key. Get it from the organisation by another way than this file, or from a pack that you
had before. Without it the verifier shows the key's fingerprint; ask the organisation to read you theirs.

WHAT IT PROVES, AND WHAT IT DOES NOT
  cryptographic   nothing here was changed since it was signed, and each record is what the log was told
                  when it was written
  database        the service itself can only add to the log, not change it
  procedure       who holds the signing key, and that the clock was right
  not at all      that what was written is true, or that everything that happened was written down;
                  entries of the last minute before a signature could be changed by somebody who controls
                  the database
"""


def _attested(facts: PackFacts) -> str:
    """What others say of the pack, where anybody was asked."""
    if not facts.attested:
        return ""
    told = "\n".join(fill(each, 104) for each in facts.attested)
    return f"WHAT OTHERS ATTEST\n{told}\n\n"
