"""What the choices of a referral are called on pages, and which of them there are."""

from typing import Final

ASKED: Final = {
    "advice": "Advice: what else could we do?",
    "mediation": "Take it up with a platform, so that content is looked at or removed",
    "signposting": "Tell us where else to turn",
}
URGENCY: Final = {
    "routine": "Within the helpline’s usual time",
    "soon": "Soon: it is spreading, or it weighs on somebody",
    "urgent": "Urgent: harm is happening now",
}
BASES: Final = {
    "public_task": "Public task: safeguarding is part of what we are here for",
    "legal_obligation": "Legal obligation: a law requires it of us",
    "legitimate_interests": "Legitimate interests: weighed, and written down",
    "vital_interests": "Vital interests: to protect somebody’s life",
    "consent": "Consent of the person concerned",
}
"""Article 6(1) UK GDPR."""
CONDITIONS: Final = {
    "safeguarding": "Safeguarding of children and of individuals at risk",
    "vital_interests": "Vital interests of somebody who cannot consent",
    "explicit_consent": "Explicit consent",
    "public_interest": "Another condition of substantial public interest",
    "none": "None needed: nothing of a special category is sent",
}
"""Article 9 UK GDPR; safeguarding: Data Protection Act 2018, Schedule 1, paragraph 18."""
AGES: Final = {
    "unknown": "Not known", "under_5": "Under 5", "5_to_7": "5 to 7", "8_to_10": "8 to 10", "11_to_13": "11 to 13",
    "14_to_15": "14 to 15", "16_to_17": "16 to 17", "adult": "Adult",
}  # fmt: skip
PERSON_KINDS: Final = {"child": "a child", "adult": "an adult", "unknown": "child or adult not known"}
ROLES: Final = {
    "affected": "Harmed", "alleged": "Alleged to have harmed", "witness": "Witness", "reporter": "Reported it",
    "other": "Other",
}  # fmt: skip
STATES: Final[dict[str, tuple[str, str]]] = {
    "submitted": ("Sent", "active"),
    "acknowledged": ("Received by the helpline", "active"),
    "triaged": ("Being looked at", "active"),
    "awaiting_referrer": ("Waiting for you", "attention"),
    "advice_given": ("Advice given", "good"),
    "signposted": ("Told where to turn", "good"),
    "escalated": ("Taken up with the platform", "active"),
    "platform_responded": ("The platform answered", "active"),
    "resolved": ("Resolved", "good"),
    "not_upheld": ("Not upheld by the platform", "quiet"),
    "declined": ("Declined", "problem"),
    "closed": ("Closed", "quiet"),
    "withdrawn": ("Withdrawn", "quiet"),
}
"""State -> what it is called, and its tone."""
URL_STATES: Final = {
    "listed": "Listed",
    "self_reported": "Reported by you",
    "reported": "Reported by the helpline",
    "removed": "Removed",
    "restricted": "Restricted",
    "refused": "The platform refused",
    "no_response": "No answer from the platform",
    "re_reported": "Reported again",
    "passed_to_iwf": "Passed to the Internet Watch Foundation",
    "passed_to_police": "Passed to the police",
    "gone_before_report": "Gone before it was reported",
    "not_actionable": "Nothing the platform can act on",
}
OUTCOMES: Final = {
    "resolved": "It was resolved",
    "advice_given": "We had the advice we needed",
    "signposted": "We were told where to turn",
    "not_upheld": "The platform did not act",
    "no_answer": "There was no answer",
    "other": "Something else",
}
HELPLINE_OUTCOMES: Final = {
    "resolved": "Resolved",
    "advice_given": "Advice given",
    "signposted": "Told where to turn",
    "not_upheld": "The platform did not act",
    "no_answer": "There was no answer",
    "other": "In another way",
    "withdrawn": "Withdrawn",
}
"""The same, as the helpline says it."""
FOUND_KINDS: Final = {
    "name": "a name", "handle": "a handle or an email address", "telephone": "a telephone number",
    "postcode": "a postcode", "day": "a date, perhaps of birth", "known": "a name that is known here",
    "number": "a number of somebody known here", "perhaps": "a word, and somebody’s name as well",
    "near": "nearly a name of this incident", "group": "a class, team or group of somebody in this incident",
}  # fmt: skip
FIELD_NAMES: Final = {
    "files": "What the files say", "file_names": "What the files are called",
    "question": "What you hope for", "account": "What happened", "steps_taken": "What was done already",
    "answer": "The platform’s answer", "happened": "When", "reason": "Why it is right to share this",
    "words": "Your message", "contact_role": "Their role", "platform": "The platform",
    "platform_reference": "The platform’s reference", "feedback": "What the helpline should know",
}  # fmt: skip
FILE_STATES: Final[dict[str, tuple[str, str]]] = {
    "waiting": ("Being sealed", "quiet"), "sent": ("On its way", "active"), "taken": ("Taken in there", "good"),
    "refused": ("Not taken there", "problem"), "dropped": ("Kept back", "quiet"), "locked": ("Locked", "problem"),
}  # fmt: skip
"""How a file stands that went with a referral: words and tone."""
FILE_FAULTS: Final = {
    "withdrawn": "The referral was withdrawn before it left.",
    "dropped": "The referral had ended before it was taken in there.",
    "locked": "Nobody may look at it, here or there.",
    "gone": "It is no longer stored here.",
    "removed": "That helpline is no longer on this service.",
    "altered": "What arrived was not what left. Nobody can open it: send it again in a new referral.",
    "kind": "It is not the kind of file that it was said to be, or it has pictures inside.",
    "infected": "The helpline’s virus check found something harmful in it.",
}
