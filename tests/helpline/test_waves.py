"""One answer to a wave takes each case there by the shortest way."""

import re

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.helpline import waving
from safeguard.helpline.queries import get_case, list_entries
from safeguard.helpline.states import State
from safeguard.helpline.waving import answer_wave, join_wave, open_wave
from safeguard.work import begin
from tests.helpline.conftest import CALL, sign_in, surrounded, taken

__all__ = ["sign_in", "surrounded"]

pytestmark = pytest.mark.anyio


async def test_a_case_that_waits_for_its_caller_is_not_looked_at_anew_on_the_way_to_the_answer(someone):
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        wrote = msgspec.structs.replace(CALL, caller_contact="sam@alder.example")
        case = await taken(work, wrote, channel="email", state=State.AWAITING_REFERRER)
        wave = await open_wave(work, "A trend", "Accounts that pretend to be teachers.")
        await join_wave(work, case, wave.id, case.version)
        before = len(await list_entries(work, case.id))
        await answer_wave(work, wave.id, "Report it as {reference}.", (), State.ADVICE_GIVEN, wave.version)
        passed = [entry.state for entry in (await list_entries(work, case.id))[before:] if entry.kind == "state"]
        assert (await get_case(work, case.id)).state is State.ADVICE_GIVEN
    assert passed == [State.ADVICE_GIVEN]


async def test_a_wave_of_more_than_are_told_at_once_is_told_in_turns_and_nobody_twice(sign_in, monkeypatch):
    monkeypatch.setattr(waving, "MOST", 2)
    supervisor = await sign_in(Role.SUPERVISOR, kind="helpline")
    async with begin(supervisor.actor) as work:
        wave = await open_wave(work, "A trend", "Accounts that pretend to be teachers.")
        cases = []
        for number in range(3):
            wrote = msgspec.structs.replace(CALL, caller_contact=f"sam{number}@alder.example")
            cases.append(await taken(work, wrote, channel="email"))
        cases.append(await taken(work))
        for case in cases:
            await join_wave(work, case, wave.id, case.version)
    at, said = f"/helpline/waves/{wave.id}", {"answer": "Report it as {reference}.", "state": "advice_given"}
    shown = []
    for _ in range(2):
        version = hidden((await supervisor.get(at)).text, "seen")
        answer = await supervisor.send(f"{at}/answer", {**said, "seen": version}, page=at)
        assert answer.status_code == 303, answer.text
        shown.append((await supervisor.get(answer.headers["location"])).text)
    assert "2 callers were told" in shown[0] and "1 more can be told the same" in shown[0]
    assert "Report it as {reference}.</textarea>" in shown[0], "ready to go on with"
    assert "1 caller was told" in shown[1] and "Nobody else in it can be written to." in shown[1]
    third = await supervisor.send(f"{at}/answer", {**said, "seen": hidden(shown[1], "seen")}, page=at)
    assert (third.status_code, "has had these words" in third.text) == (422, True)
    async with begin(supervisor.actor) as work:
        answers = [
            [entry.words for entry in await list_entries(work, case.id) if entry.kind == "answer"] for case in cases
        ]
    assert answers == [*([f"Report it as {case.reference}."] for case in cases[:3]), []]


def hidden(html: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)[0]
