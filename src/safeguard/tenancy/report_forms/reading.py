"""Reading the report form of the organisation in which some work happens: the newest version, or an earlier one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.tenancy.report_forms.asked import Asked, Choices, asked_of, types_of
from safeguard.work import Work

NEWEST: Final = """
select f.number, f.choices::text, f.asked::text, f.made_at, f.made_by_name from public.form_versions f
where f.organisation_id = (select sec.current_organisation()) order by f.number desc limit 1
"""
ONE: Final = """
select f.asked::text, f.choices::text from public.form_versions f
where f.organisation_id = (select sec.current_organisation()) and f.number = $1
"""

decode_choices = msgspec.json.Decoder(Choices).decode
decode_questions = msgspec.json.Decoder(tuple[Question, ...]).decode


@dataclass(frozen=True, slots=True)
class Form:
    """The organisation's form as it is now."""

    number: int
    """0 before anybody changed it."""
    choices: Choices
    asked: Asked
    made_at: datetime | None = None
    made_by: str = ""


async def read_form(work: Work, profile: Profile) -> Form:
    """The form as it is asked now, with the choices that made it so."""
    row = await work.driver.fetchrow(NEWEST)
    if row is None:
        return Form(0, Choices(), asked_of(profile))
    choices = decode_choices(row["choices"])
    asked = asked_of(profile, choices, row["number"])
    return Form(row["number"], choices, asked, row["made_at"], row["made_by_name"])


async def read_asked(work: Work, profile: Profile, number: int | None = None) -> Asked:
    """The form that is asked now, or the version that some page was made with."""
    if number:
        row = await work.driver.fetchrow(ONE, number)
        if row is not None:
            types = types_of(profile.reported, decode_choices(row["choices"]))
            return Asked(number, decode_questions(row["asked"]), types)
    return (await read_form(work, profile)).asked
