"""Every limit that a profile declares is begun by a piece of code that can be named, and so shows in some page."""

from importlib import import_module
from typing import Final

from safeguard.incidents.deadlines import ANSWERED, STARTS
from safeguard.registers.duties.duty import duties_of
from safeguard.tenancy.profiles import load_profiles
from safeguard.transfers.unsent import LEFT

ELSEWHERE: Final = {
    "file_receipt": ("safeguard.transfers.sending", "RECEIPT"),
    "filtering_review": ("safeguard.registers.filtering.keeping", "CLOCK"),
    "policy_review": ("safeguard.registers.policies.publishing", "REVIEW"),
    "subject_access": ("safeguard.records.access.clocks", "NAME"),
    "first_answer": ("safeguard.helpline.prompts", "FIRST_ANSWER"),
    "helpline_follow_up": ("safeguard.helpline.prompts", "FOLLOW_UP"),
    "platform_self_report": ("safeguard.helpline.prompts", "SELF_REPORT"),
    "platform_silent": ("safeguard.helpline.prompts", "SILENT"),
}
"""Clocks that a room of their own begins, by the constant that it asks for them with."""
BY_NAME: Final = {"data_breach": "safeguard.records.logs.breaching"}
"""Clocks that a module asks for by their name."""


def test_each_clock_of_each_profile_is_begun_somewhere():
    seen: set[str] = set()
    for kind, profile in load_profiles().items():
        duties = {duty.code for duty in duties_of(profile)}
        for code, clock in profile.clocks.items():
            begun = clock.starts in STARTS or clock.starts == LEFT or code in duties
            assert begun or code in {*ELSEWHERE, *BY_NAME}, f"nothing begins {code} of {kind}, from {clock.starts}"
            seen.add(code)
    assert {*ELSEWHERE, *BY_NAME} <= seen, "a clock that no profile declares any more"


def test_whoever_begins_a_clock_asks_for_it_by_the_name_that_it_has():
    for code, (module, constant) in ELSEWHERE.items():
        assert getattr(import_module(module), constant) == code
    for code, module in BY_NAME.items():
        source = import_module(module).__spec__
        assert source and source.loader
        assert f'clocks["{code}"]' in source.loader.get_source(module)
    assert set(ANSWERED) <= set(STARTS)


def test_what_stops_a_notification_is_declared_wherever_one_begins():
    for profile in load_profiles().values():
        for clock in profile.clocks.values():
            told = clock.starts in ("abuse_known", "event_known", "allegation_made")
            assert bool(clock.contacts) is told, clock.code
            assert not told or clock.starts == "allegation_made" or clock.begins.connections, clock.code
