"""One answer to a wave takes each case there by the shortest way."""

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.helpline.queries import get_case, list_entries
from safeguard.helpline.states import State
from safeguard.helpline.waving import answer_wave, join_wave, open_wave
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken

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
