"""The pictures as they are drawn: what is left out in either year, in grey, on paper, and where a cell leads."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.periods import chosen_period
from safeguard.standards.radar import draw
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio
STYLES = Path(__file__).resolve().parents[2] / "assets" / "style"
LONG_AGO = "update public.incidents set recorded_at = %s, risk = %s where organisation_id = %s and id = %s"
DARKER = 1.25
"""By how much two shades beside each other differ, at least, as WCAG reckons contrast."""


async def test_a_board_with_small_figures_in_both_years_is_drawn_and_says_which_are_left_out(sign_in, addresses):
    lead = await sign_in(Role.LEAD)
    organisation = lead.actor.organisation_id
    period = chosen_period("last-year", clock.now().date(), exact=False)
    risks = ["low"] * 10 + ["high"] * 2, ["low"] * 9 + ["high"] * 3
    async with begin(lead.actor) as work:
        told = [(await record_incident(work, SHORT, SCHOOL)).facts.id for _ in range(24)]
    async with owning(addresses.owner) as owner:
        for months, some, incidents in zip((period.months, period.earlier), risks, (told[:12], told[12:]), strict=True):
            for place, (risk, incident) in enumerate(zip(some, incidents, strict=True)):
                await owner.execute(LONG_AGO, (f"{months[place // 6]}-15", risk, organisation, incident))
    governor = await sign_in(Role.GOVERNOR, organisation=organisation)
    answer = await governor.get("/insights?period=last-year")
    assert answer.status_code == 200
    assert "12 incidents in this period, 12 in the same months a year before." in answer.text
    assert "then left out" in answer.text
    assert "was 9" not in answer.text
    file = (await governor.get("/insights/tables/risk?period=last-year")).text
    assert "left out,left out" in file.replace('"', "")


async def test_a_cell_of_the_map_opens_the_lessons_behind_it_for_those_who_may_read_them(sign_in):
    lead = await sign_in(Role.LEAD)
    organisation = lead.actor.organisation_id
    async with begin(lead.actor) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        other = await record_incident(work, SHORT, SCHOOL)
        new = NewEntry(kind="lesson", words="Ask the platform first.", controls=("M5",))
        await add_entry(work, story.facts.id, new)
        await add_entry(work, other.facts.id, NewEntry(kind="lesson", words="Of another.", controls=("M1",)))
    shown = (await lead.get("/insights")).text
    [cell] = {way.replace("&amp;", "&") for way in re.findall(r'href="(/insights/lessons[^"]*control=M5[^"]*)"', shown)}
    lessons = (await lead.get(cell)).text
    assert "Ask the platform first." in lessons
    assert story.facts.reference in lessons
    assert other.facts.reference not in lessons
    empty = (await lead.get("/insights/lessons?control=M5&month=2020-02")).text
    assert "No lesson named it in this month" in empty
    for wrong in (
        "control=M5&month=2020-13",
        "control=M5&month=2020-1",
        "control=Z9&month=2020-02",
        "month=2020-02",
        "",
    ):
        assert (await lead.get(f"/insights/lessons?{wrong}")).status_code == 404
    for role in (Role.HEAD, Role.GOVERNOR, Role.REPORTER):
        reader = await sign_in(role, organisation=organisation)
        assert (await reader.get(cell)).status_code == 403
        if role is not Role.REPORTER:
            assert "/insights/lessons" not in (await reader.get("/insights")).text
    stranger = await sign_in(Role.LEAD)
    assert story.facts.reference not in (await stranger.get(cell)).text


def luminance(colour: str) -> float:
    """How light a colour is in grey: WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def shades() -> list[str]:
    """Of the map, from nothing to most."""
    palette = dict(re.findall(r"^\$([\w-]+): (#\w{6})", (STYLES / "_palette.scss").read_text(), re.M))
    found = re.findall(r"&__\d \{ background: ([$#][\w-]+)", (STYLES / "_charts.scss").read_text())
    return [palette[one[1:]] if one.startswith("$") else one for one in found]


def test_the_shades_of_the_map_stay_apart_in_grey_and_its_figures_can_be_read():
    steps = shades()
    assert len(steps) == 4
    for lighter, darker in pairwise(steps[1:]):
        assert luminance(lighter) > luminance(darker)
        assert contrast(lighter, darker) >= DARKER
    assert all(contrast(ink, step) >= 7 for ink, step in zip(("#14213d",) * 3 + ("#ffffff",), steps, strict=True))


def test_now_and_before_are_told_apart_by_form_and_not_by_colour():
    for name in ("bar", "column"):
        drawn = (Path(__file__).resolve().parents[2] / "templates" / "charts" / f"{name}.html").read_text()
        marks = re.findall(r"<rect[^>]*>", drawn)
        before = [mark for mark in marks if "stroke-dasharray" in mark]
        now = [mark for mark in marks if 'fill="#0b5a60"' in mark]
        left_out = [mark for mark in marks if 'fill="url(#' in mark]
        assert all((before, now, left_out)), name
        assert all('fill="none"' in mark for mark in before)
        assert all(contrast(re.findall(r'stroke="(#\w{6})"', mark)[0], "#fbf9f4") >= 3 for mark in before)


def test_a_long_label_of_a_radar_breaks_into_lines_and_stays_in_the_picture():
    names = {"a": "Children and Young People", "b": "Policy", "c": "Featherstonehaughandcompany", "d": "Practice"}
    drawn = draw(names, dict.fromkeys(names, 2), {}, 5, 2)
    assert drawn
    pages = Environment(
        autoescape=True, loader=FileSystemLoader(STYLES.parents[1] / "templates"), extensions=["jinja2.ext.i18n"]
    )
    pages.globals.update(_=str)
    told = '{% from "charts/radar.html" import radar with context %}{{ radar("x", "T", "", d.spokes, (), "", "", "") }}'
    found = re.findall(r"<text.*?</text>", pages.from_string(told).render(d=drawn))
    lines = [re.findall(r"<tspan[^>]*>([^<]*)</tspan>", label) for label in found]
    assert lines[0] == ["Children and Young", "People"]
    assert all(len(line) <= 18 for label in lines for line in label)
    assert "".join(lines[2]) == names["c"]


async def test_a_board_of_nothing_says_no_waiting_times(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "How long it takes" not in (await lead.get("/insights")).text
    async with begin(lead.actor) as work:
        await record_incident(work, IMPERSONATION, SCHOOL)
    assert "How long it takes" in (await lead.get("/insights")).text
