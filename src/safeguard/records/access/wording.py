"""What the parts of a request are called."""

from typing import Final

ASKERS: Final = {
    "self": "The person themselves",
    "parent": "Somebody with parental responsibility",
    "court": "Somebody by an order of a court",
    "representative": "Somebody whom they gave authority to",
}
GROUNDS: Final = {
    "own": "They ask about themselves",
    "parental_responsibility": "Parental responsibility",
    "court_order": "An order of a court",
    "authority": "A written authority of the person, or a power of attorney",
}
IDENTITIES: Final = {
    "known": "We know them, and saw or spoke to them",
    "document": "They showed a document with a picture",
    "online": "They were identified by an online service",
    "called_back": "We rang or wrote back to what we had on file",
}
COMPETENT: Final = {
    "yes": "Yes: they are under eighteen, and understand it",
    "no": "No: they are too young, or cannot understand it",
    "adult": "They are an adult",
}
HARM: Final = {
    "no": "No: nothing in it is likely to harm anybody seriously",
    "some": "Parts of it might, and those are withheld",
    "all": "It might as a whole: the request is refused",
}
CODES: Final = {
    "another": "It is about another person",
    "confidence": "It was told in confidence by somebody else",
    "harm": "It might harm somebody seriously",
    "privilege": "It is legal advice",
    "not_about": "It is not about this person",
}
"""Exemptions, in plain words (Data Protection Act 2018, schedules 2 and 3)."""
WITHHELD: Final = {
    "another": "[another person]",
    "confidence": "[told in confidence]",
    "harm": "[withheld: risk of harm]",
    "privilege": "[withheld: legal advice]",
    "not_about": "[not about this person]",
}
BY_HAND: Final = "hand"
"""The shelf of what somebody added because no search finds it."""
KINDS: Final = {
    "person": "List of people",
    "incident": "Incident",
    "entry": "Entry",
    "attachment": "File",
    "referral": "Referral",
    "public_report": "Public report",
    "alert": "Alert",
    "import": "Import",
    "disagreement": "Disagreement",
    "merge": "Two people found to be one",
    "hold": "Hold",
    "request": "Request for what is kept",
    "complaint": "Complaint",
    "breach": "Breach of personal data",
    "transfer": "File for the next place",
    "roster": "Roster",
    "glass": "Records opened in an emergency",
    "training": "Training",
    "agreement": "Agreement",
    "policy": "Policy",
    "committee": "Online safety group",
    "voice": "Voices and impact",
    "filtering": "Filtering and monitoring",
    "evidence": "Evidence",
    "duty": "Visit or review",
    "plan": "Improvement",
    "review": "Review of standards",
    "report": "Report",
    "resource": "Resource",
    "inspection": "Inspector's visit",
    "account": "Account",
    "published": "Published by a helpline",
    BY_HAND: "Added by hand",
}
"""The shelves on which something is found."""
