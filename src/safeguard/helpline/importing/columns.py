"""Which column of an earlier system's export is what of a case, and how such columns are commonly headed."""

from typing import Final

from safeguard.intake.importing.use import Field

FIELDS: Final = (
    Field("summary", "What it was about", (
        "summary", "description", "details", "case details", "narrative", "notes", "enquiry", "query", "issue details",
        "what happened", "text", "body", "account")),
    Field("original_id", "Its number there", (
        "case id", "case number", "case no", "case no.", "case ref", "case reference", "id",
        "reference", "ref", "number", "ticket")),
    Field("received", "When it came", (
        "date received", "received", "received at", "received on", "date", "date opened", "opened", "created",
        "created at", "created on", "date/time", "contact date",
        "date of call", "date of contact", "call date")),
    Field("closed", "When it was closed", ("date closed", "closed", "closed at", "closed on", "ended", "resolved on")),
    Field("channel", "How it came", ("channel", "source", "origin", "method", "contact method", "how")),
    Field("caller", "Profession of the caller", (
        "profession", "role", "caller", "caller type", "caller role", "who rang", "who called", "job",
        "job title", "professional")),
    Field("sector", "Sector", ("sector", "setting", "organisation type", "type of organisation")),
    Field("caller_name", "Name of the caller", ("name", "caller name", "contact name", "full name")),
    Field("caller_organisation", "Organisation of the caller", ("organisation", "school", "employer", "setting name")),
    Field("caller_contact", "Phone or email", (
        "email", "email address", "phone", "telephone", "contact", "contact details")),
    Field("issues", "Issues", ("issues", "issue", "category", "categories", "type", "themes", "tags")),
    Field("platforms", "Platforms", ("platform", "platforms", "industry", "service", "site")),
    Field("gender", "Gender of the person harmed", ("gender", "sex")),
    Field("addresses", "Addresses of content", ("url", "urls", "link", "links", "address", "addresses",
        "web address", "web addresses", "content url", "content address")),
    Field("outcome", "How it ended", ("outcome", "result", "resolution", "conclusion", "action taken", "advice given")),
    Field("status", "Open or closed", ("status", "state", "case status")),
)  # fmt: skip
DATES: Final = ("received", "closed")
