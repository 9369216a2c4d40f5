"""Having reported it to the platform already: to which, on which day, and whether it has answered.

The helpline writes it down as a step of each address of those platforms and counts its waits from it. So the platforms
are chosen from those that are known, the day is a day or is not known, and whether there was an answer is asked apart
from what it said.
"""

from collections.abc import Iterator

from safeguard.channel.bodies import PlatformReport
from safeguard.errors import FieldError
from safeguard.referrals.forms import ReferForm
from safeguard.tenancy.profile import Profile


def reported_by(form: ReferForm, profile: Profile) -> PlatformReport:
    """What a form says of it, where nothing is `halved`. Platforms are named in words too, for older versions."""
    named = [profile.platforms[code].name for code in form.reported_to]
    return PlatformReport(
        platform=", ".join((*named, form.platform) if form.platform else named), platforms=form.reported_to,
        reported_on=form.reported_on.isoformat() if form.reported_on else "", reference=form.platform_reference,
        answered=form.answered == "yes", answer=form.answer,
    )  # fmt: skip


def halved(form: ReferForm, profile: Profile) -> Iterator[FieldError]:
    """What is wrong with a form's report, or missing from it."""
    if not set(form.reported_to) <= profile.platforms.keys():
        yield FieldError("reported_to", "One of these is not a choice here.")
    elif not form.reported_to and not form.platform:
        yield FieldError("reported_to", "Say to which platform it was reported.")
    if not form.answered:
        yield FieldError("answered", "Say whether it has answered.")
    elif form.answered == "no" and form.answer:
        yield FieldError("answered", "You wrote down what it answered. Say that it has, or take the words out.")
