"""Which column of an earlier product's export is what: the fields that we take, and how they are commonly headed."""

from typing import Final

from safeguard.intake.importing.use import Field

FIELDS: Final = (
    Field("narrative", "What happened", (
        "description", "narrative", "details", "incident details", "concern", "concern details", "what happened",
        "incident", "summary", "notes", "text", "body", "log entry", "account", "description of incident",
        "description of concern", "details of concern", "details of incident", "nature of concern",
        "incident summary", "what was said", "what was reported", "concern raised")),
    Field("original_id", "Its number there", (
        "id", "incident id", "incident number", "reference", "ref", "record id", "log number", "case id", "concern id",
        "number", "no", "no.", "nr", "case number", "concern number", "ref no", "reference number")),
    Field("happened", "When it happened", (
        "incident date", "date of incident", "date", "occurred", "occurred at", "occurred on", "event date",
        "date/time", "incident date/time", "when", "date of concern", "concern date", "date of event",
        "date and time")),
    Field("written", "When it was written", (
        "date added", "added on", "created", "created at", "created on", "date recorded", "date reported",
        "reported on", "logged", "date logged", "recorded on")),
    Field("author", "Who wrote it", (
        "author", "added by", "created by", "reported by", "recorded by", "logged by", "staff", "staff member",
        "entered by", "completed by")),
    Field("affected", "Who was affected", (
        "student", "pupil", "student name", "pupil name", "name", "child", "child name", "young person", "person",
        "resident", "member", "victim", "affected", "subject", "full name")),
    Field("alleged", "Who is alleged to have harmed", (
        "perpetrator", "alleged perpetrator", "alleged", "instigator", "aggressor", "alleged harmer")),
    Field("group", "Group of the affected", ("year", "year group", "class", "form", "group", "team", "tutor group")),
    Field("place", "Where", ("location", "place", "where", "incident location", "site")),
    Field("category", "Category there", ("category", "categories", "type", "incident type", "concern type", "tags")),
    Field("action", "What was done", (
        "action", "actions", "action taken", "actions taken", "follow up", "follow-up", "response")),
    Field("outcome", "How it ended", ("outcome", "result", "resolution", "conclusion")),
    Field("status", "Open or closed", ("status", "state", "incident status", "case status")),
)  # fmt: skip
DATES: Final = ("happened", "written")
