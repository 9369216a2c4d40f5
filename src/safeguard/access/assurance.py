"""How surely somebody has shown who they are: the one place that knows which factors together count as two.

A session holds the factors that were shown for it, as plain words. A passkey asks the person for their fingerprint,
face or PIN before it answers, so it is two in one (NIST SP 800-63B-4 §3.1.7). A password, or a sign-in at another
provider, is one; what somebody holds makes it two. A provider that itself asked for two says so (OpenID Connect `amr`,
`acr`), and whoever connects it writes `provider_two` only when that claim was verified: then nobody is asked again.
"""

from collections.abc import Collection
from typing import Final

PASSWORD: Final = "password"  # noqa: S105  a kind of factor
PROVIDER: Final = "provider"
"""Signed in at the organisation's own provider, which said nothing of a second factor."""
PROVIDER_TWO: Final = "provider_two"
"""The provider's verified claim that it asked for two."""
PASSKEY: Final = "passkey"
APP: Final = "totp"
CODE: Final = "recovery"
BROWSER: Final = "browser"
"""A browser on which this person showed a second factor lately and asked to be remembered."""
INVENTED: Final = "invented"
"""Stands for a second factor of people who do not exist: demonstration data, and nobody else."""

WHOLE: Final = frozenset({PASSKEY, PROVIDER_TWO})
FIRST: Final = frozenset({PASSWORD, PROVIDER})
SECOND: Final = frozenset({PASSKEY, APP, CODE, BROWSER, INVENTED})


def satisfied(factors: Collection[str]) -> bool:
    """Whether these factors are enough to read a record (OWASP ASVS 5.0 §6.3.3)."""
    shown = frozenset(factors)
    return bool(shown & WHOLE) or bool(shown & FIRST and shown & SECOND)


def shown_now(factors: Collection[str]) -> bool:
    """Whether something was shown by the person themselves: a remembered browser is not, so it opens no step-up."""
    return satisfied(frozenset(factors) - {BROWSER})
