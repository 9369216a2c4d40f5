"""A policy and an agreement, as the tests of this room publish them."""

from datetime import timedelta

from safeguard import clock
from safeguard.registers.policies.publishing import NewEdition

TODAY = clock.now().date()
NEW = NewEdition(
    title="Online safety policy", readers=("reporter", "lead"), words="Be kind online.", effective_on=TODAY,
    read_by=TODAY + timedelta(days=20),
)  # fmt: skip
AGREEMENT = NewEdition(
    title="Acceptable use", parties=("staff", "pupil", "family"), words="I will be kind.", effective_on=TODAY,
    lasts_months=12,
)  # fmt: skip
NOTICES = "select event from notices where recipient_id = $1 order by created_at, id"
"""What somebody was told."""
