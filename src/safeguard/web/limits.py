"""Every limit of what may be asked of this service, in one table; docs/security.md prints it.

Those of requests are counted by `counting`, in every process and together over all of them; those of sizes and times
by whoever names them here. A room with a limit of its own (a form of the public, tries at a password) says it where it
is kept, and `ELSEWHERE` repeats it for readers.
"""

from dataclasses import dataclass
from typing import Final

TIME_LIMIT: Final = 30.0
"""Seconds until an answer must have begun; what streams after that may take longer."""
LONGEST_TARGET: Final = 8_192
"""Bytes of path and query: lists with every filter set stay far below."""
LARGEST_HEADERS: Final = 32_768
LARGEST_BODY: Final = 1_048_576
"""Bytes of a page's form or of a JSON body, unless the route says otherwise (`request_max_body_size`)."""
LARGEST_LONG_FORM: Final = 8 * LARGEST_BODY
"""Bytes of a form in which a story is written: a million letters with accents (six bytes each) come back to be cut."""
MOST_FIELDS: Final = 500

SLOWEST_HEADERS: Final = 10.0
"""Seconds from a connection's beginning, or a request's first byte, to the end of its headers."""
SLOWEST_REST: Final = 10.0
"""Seconds for what is still being sent of a request that was answered already."""
SLOWEST_READER: Final = 60.0
"""Seconds in which a reader takes nothing of an answer that waits."""
LONGEST_HEADERS: Final = 131_072
"""Bytes before the end of the headers: beyond, the connection is cut without an answer."""
MOST_CONNECTIONS: Final = 200
"""Connections of one address at a time, where no proxy stands between. A school of 1,200 behind one address has more
open than that, most of them at rest: browsers open some ahead, keep them for the next click, and open another without
a word when one was closed. So it is these that make room."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as people read it."""

    name: str
    per: str
    amount: str
    then: str


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute; whoever was quiet may send that many at once."""

    name: str
    per: str
    minute: int

    @property
    def told(self) -> Limit:
        """The same, for the table."""
        return Limit(self.name, self.per, f"{self.minute:,} a minute", "429 with the seconds to wait")


BY_ADDRESS: Final = Rate("requests", "address (an IPv6 network of 64 bits), but this very machine's", 6_000)
BY_ACCOUNT: Final = Rate("requests", "session or API token", 6_000)
BY_ORGANISATION: Final = Rate("requests", "organisation", 30_000)
BY_VISITOR: Final = Rate("requests to the public page", "browser that has been there (its cookie is ours)", 60)
NEWCOMERS: Final = Rate("requests to the public page", "address, of browsers that are new there", 6_000)
VISITORS: Final = Rate("requests to the public page", "address, of browsers that have been there", 12_000)
"""A school of 1,200 shares one address, and after an assembly all of them may open the public page in the same minute:
one request each until a browser has its cookie, and nine more to write, to be told off for a missing word, and to
come back. So what the staff of that school ask for does not count against its pupils, nor pupils against one another:
a browser is known by a cookie that we signed, which says nothing of anybody and ends with the browser, and has a limit
of its own. Whoever makes up cookies is new each time. The receipt's code is no such mark: it would have to be read, and
tied to requests, before anybody wrote a word.

What one address may send in all still has an end, far above what a school sends by hand: a flood from it is refused,
and whoever floods cannot do it as a thousand made-up browsers. Nothing of this is kept beyond a minute, and no report
is refused for how many others came: `public_reports.arriving` holds those."""
BY_SIGNING: Final = Rate("files opened before signing", "address at which an agreement is signed", 20)
BY_SIGNER: Final = Rate("files opened before signing", "address (an IPv6 network of 64 bits)", 240)
"""A class opens what it is to sign in one lesson, behind one address; nobody reads a file twenty times in a minute."""
SIGNED_AT: Final = Rate("signatures", "address at which they are given", 240)
SIGNED_FROM: Final = Rate("signatures", "address from which they come (an IPv6 network of 64 bits)", 60)
"""After a newsletter to 800 families the busiest minute stays far below, and so does an evening for parents behind one
address; whoever makes up names by program is slowed, and an address for many ends after 5,000 of them."""
RATES: Final = (
    BY_ADDRESS, BY_ACCOUNT, BY_ORGANISATION, BY_VISITOR, NEWCOMERS, VISITORS, BY_SIGNING, BY_SIGNER, SIGNED_AT,
    SIGNED_FROM,
)  # fmt: skip

HEAVY: Final = 50
"""An export, a print or a download of a pack counts as so many requests: at most two each second, after a burst."""

CUT: Final = "the connection is cut"
ELSEWHERE: Final = (
    Limit("an export, a print, a pack", "session or API token", f"counts as {HEAVY} requests", "as above"),
    Limit("wrong passwords", "account and address", "5, then 1, 2, 4 … 900 seconds apart", "429, told on the page"),
    Limit("wrong passwords", "account, from devices it never used", "30 an hour", "429"),
    Limit("wrong passwords", "address, over all accounts", "60 an hour", "429"),
    Limit("wrong passwords", "the account's own device", "10 an hour", "429"),
    Limit("wrong passwords", "mail domain", "over 100 an hour the first two limits shrink to 2, and 20", "429"),
    Limit("wrong second steps, requests for a new password", "as for passwords, counted apart", "the same", "429"),
    Limit("passwords being checked", "process", "64 waiting", "429 for five seconds"),
    Limit("forms to the helpline", "browser; altogether", "5; 120 an hour", "429 with the telephone number"),
    Limit("reports by the public page", "browser; organisation", "held for a lead, or in the vault", "none is refused"),
    Limit("files being taken in", "process", "8 at once", "429 for a minute"),
    Limit("a file being sent", "request", "30 seconds without a byte, 15 minutes in all", "408, nothing kept"),
)

SIZES: Final = (
    Limit("address", "request", f"{LONGEST_TARGET:,} bytes", "414"),
    Limit("headers", "request", f"{LARGEST_HEADERS:,} bytes", "431"),
    Limit("headers that do not end", "request", f"{LONGEST_HEADERS:,} bytes", CUT),
    Limit("form or JSON", "request", f"{LARGEST_BODY:,} bytes", "413, and a page gives back what was typed"),
    Limit(
        "a form in which a story is written",
        "request",
        f"{LARGEST_LONG_FORM:,} bytes",
        "the form again with what was typed, to shorten it there; above, 413",
    ),
    Limit("fields of a form", "request", f"{MOST_FIELDS}", "413"),
    Limit("time until an answer begins", "request", f"{TIME_LIMIT:g} seconds", "503, nothing kept"),
    Limit("time for the headers", "request", f"{SLOWEST_HEADERS:g} seconds", CUT),
    Limit("time for the rest of a refused body", "request", f"{SLOWEST_REST:g} seconds", CUT),
    Limit("a reader who takes nothing", "answer", f"{SLOWEST_READER:g} seconds", CUT),
    Limit(
        "connections at a time",
        "address, where no proxy stands between",
        f"{MOST_CONNECTIONS}",
        "one that rests is closed in its place; where none rests, the connection is cut",
    ),
)

ALL: Final = (*(rate.told for rate in RATES), *ELSEWHERE, *SIZES)
