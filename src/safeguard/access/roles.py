"""The roles that a membership gives. What each may do stands in `policy`."""

from enum import StrEnum


class Role(StrEnum):
    """A role in one organisation; a person may hold several, and others elsewhere."""

    REPORTER = "reporter"
    PASTORAL = "pastoral"
    LEAD = "lead"
    DEPUTY = "deputy"
    HEAD = "head"
    GOVERNOR = "governor"
    ADMINISTRATOR = "administrator"
    GROUP_LEAD = "group_lead"
    INSPECTOR = "inspector"
    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


WEIGHT: tuple[Role, ...] = (
    Role.LEAD,
    Role.DEPUTY,
    Role.SUPERVISOR,
    Role.PRACTITIONER,
    Role.HEAD,
    Role.GROUP_LEAD,
    Role.GOVERNOR,
    Role.PASTORAL,
    Role.ADMINISTRATOR,
    Role.INSPECTOR,
    Role.OPERATOR,
    Role.REPORTER,
)
"""Of several roles, the first one here is written to the audit log."""
