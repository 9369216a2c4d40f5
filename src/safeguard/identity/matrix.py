"""Who can see and do what here: read off the table that enforces it, so that the page cannot say anything else.

Each line is one permission of `access.policy`, in words; a permission that has no words here yet is shown by its code
rather than left out.
"""

from dataclasses import dataclass
from typing import Final

from safeguard.access.policy import ALLOWED, WITH_ONE_FACTOR, Permission
from safeguard.access.roles import Role

_P = Permission

PARTS: Final[tuple[tuple[str, dict[Permission, str]], ...]] = (
    ("Records", {
        _P.INCIDENT_RECORD: "Report an incident",
        _P.INCIDENT_READ_OWN: "Read what they reported themselves, and what is shared back",
        _P.INCIDENT_READ_ASSIGNED: "Read the incidents that a lead assigned to them",
        _P.INCIDENT_READ: "Read every incident that is not kept from them",
        _P.INCIDENT_FOLLOW_UP: "Add to incidents",
        _P.INCIDENT_TRIAGE: "Acknowledge, classify and give on",
        _P.INCIDENT_CLOSE: "Close and reopen",
        _P.INCIDENT_RESTRICT: "Keep somebody from an incident",
        _P.GLASS_BREAK: "Ask to read restricted records in an emergency",
        _P.PERSON_READ: "Read the list of people",
        _P.PERSON_RECORD: "Add and correct people",
        _P.ATTACHMENT_READ: "Open files",
        _P.ATTACHMENT_ADD: "Attach files",
        _P.REFERRAL_READ: "Read referrals",
        _P.REFERRAL_MAKE: "Refer to the helpline",
        _P.CONCERN_RAISE: "Raise a concern about somebody who works here",
        _P.CONCERN_NAME: "Say who reads concerns about staff",
        _P.HELPLINE_WORK: "Answer at the helpline",
        _P.HELPLINE_SUPERVISE: "Supervise the helpline",
    }),
    ("What is made of them", {
        _P.INSIGHTS_OPEN: "Open the page of figures",
        _P.INSIGHTS_READ: "See figures, with small numbers hidden",
        _P.INSIGHTS_EXACT: "See exact figures",
        _P.EVIDENCE_READ: "See which evidence packs there are",
        _P.EVIDENCE_EXPORT: "Make packs, print and download",
        _P.RECORDS_TAKE: "See what there is to take along, and take the registers as tables",
        _P.STANDARDS_READ: "Read the standards and how far we are",
        _P.STANDARDS_REVIEW: "Review against a standard",
        _P.STANDARDS_SIGN: "Sign a review",
        _P.AUDIT_READ: "Read the log",
        _P.RECORDS_MANAGE: "Hold records and ask for their disposal",
        _P.RECORDS_ANSWER: "Answer requests for what is kept about somebody; the head, those that no lead may see to",
    }),
    ("The organisation", {
        _P.HOME_READ: "Open Today",
        _P.RESOURCES_READ: "Read resources",
        _P.RESOURCES_KEEP: "Add resources of your own, change and withdraw them",
        _P.APPROVALS_READ: "Decide what takes two people",
        _P.USERS_MANAGE: "Invite people and change roles",
        _P.LEAD_REPLACE: "Ask for another lead; somebody else agrees",
        _P.TOKENS_MANAGE: "Make tokens for programs",
        _P.SETTINGS_READ: "See the settings",
        _P.SETTINGS_MANAGE: "Change the settings",
        _P.OPERATIONS_READ: "See how the service runs",
    }),
)  # fmt: skip

MORE: Final = {
    "policy:read": "Read policies, and say that they have read them",
    "register:read": "Read the registers of training and policies",
    "register:keep": "Keep the registers of training and policies",
    "filtering:read": "Read how filtering and monitoring are set up",
    "filtering:check": "Try filtering and monitoring, and write down what came of it",
    "inspection:manage": "Let an inspector in",
    "inspection:read": "Read what an inspection was given",
    "accounts:provision": "Say who joins and who leaves, as the organisation's directory",
    "group:read": "See the figures of a group, with small numbers hidden",
}
"""Words for what rooms above add, by code; a code without words here is shown as it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be done, and who may."""

    words: str
    roles: frozenset[Role]
    with_one_factor: bool
    """Whether a reporter needs no second step for it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A few lines under a heading."""

    title: str
    lines: tuple[Line, ...]


def parts(roles: frozenset[Role] = frozenset(Role)) -> tuple[Part, ...]:
    """The table for these roles, in the order of the page; whatever has no words yet stands at its end.

    What none of them may is left out: nobody at a school answers at the helpline.
    """
    told = {permission for _, lines in PARTS for permission in lines}
    rest = {one: MORE.get(one.value, one.value) for one in Permission if one not in told}
    listed = (*PARTS, ("More", rest)) if rest else PARTS
    return tuple(
        Part(title, tuple(_line(one, words) for one, words in lines.items() if not roles.isdisjoint(ALLOWED[one])))
        for title, lines in listed
    )


def _line(permission: Permission, words: str) -> Line:
    return Line(words, ALLOWED[permission], permission in WITH_ONE_FACTOR)
