"""Scopes: what a program's token was made for, within what its role may. `policy.OPENED` says what each opens."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a program is for, as `noun:verb`: part of the API's contract, so never renamed."""

    INCIDENTS_RECORD = "incidents:record"
    INCIDENTS_READ = "incidents:read"
    INCIDENTS_WRITE = "incidents:write"
    ATTACHMENTS_READ = "attachments:read"
    ATTACHMENTS_WRITE = "attachments:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    CONCERNS_RAISE = "concerns:raise"
    REFERRALS_READ = "referrals:read"
    REFERRALS_WRITE = "referrals:write"
    TRANSFERS_WRITE = "transfers:write"
    REGISTERS_READ = "registers:read"
    REGISTERS_WRITE = "registers:write"
    FILTERING_READ = "filtering:read"
    FILTERING_WRITE = "filtering:write"
    INSIGHTS_READ = "insights:read"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_EXPORT = "evidence:export"
