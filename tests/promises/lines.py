"""The lines: what is promised, and which tests show it.

A test is named as `room/test_file::test_name`, or `room/test_file` for all tests of that file. A line whose test is not
there, or which has none and does not say why, fails `tests/architecture/test_promises.py`.

One table instead of a mark on each test: a reader sees what stands behind a line without searching, and a test that is
taken away is missed here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """One promise."""

    number: str
    words: str
    tests: tuple[str, ...] = ()
    waits: str = ""
    """Why no test shows it yet; empty where one does."""
    caught: str = ""
    """Of an attack, what catches it."""


CHECKLIST: Final = (
    Line(
        "3.1",
        "Passwords of 12 to 128 characters of any script are taken as typed; lists of breached passwords and the "
        "organisation's own words are refused; kept as Argon2id and hashed again when the settings rise",
        ("identity/test_passwords", "identity/test_signing_in::test_weaker_hashes_are_made_stronger_at_sign_in"),
    ),
    Line(
        "3.2",
        "Guessing is slowed by account, address and organisation, and its victim still gets in",
        ("identity/test_throttling", "identity/test_under_attack", "web/test_limits", "web/test_connections"),
    ),
    Line(
        "3.2",
        "Nobody learns whether an account exists: not at sign-in, not by asking for a new password, not by inviting",
        (
            "identity/test_pages::test_a_wrong_password_and_an_unknown_address_get_the_same_answer",
            "identity/test_signing_in::test_a_wrong_password_and_an_unknown_address_are_the_same_work",
            "identity/test_resetting::test_the_answer_is_the_same_whether_or_not_there_is_an_account",
            "identity/test_inviting_strangers",
        ),
    ),
    Line(
        "3.3",
        "Two factors for whoever reads: a passkey, or an app with codes that open once, or a recovery code",
        (
            "identity/factors/test_apps",
            "identity/factors/test_passkeys",
            "identity/factors/test_pages::test_a_password_alone_opens_nothing_for_whoever_reads",
            "journeys/test_second_step",
        ),
    ),
    Line(
        "3.3",
        "A second factor cannot be switched off, a new password removes none, a provider's verified one counts",
        (
            "identity/factors/test_pages::test_the_only_second_step_of_a_lead_cannot_be_switched_off",
            "identity/factors/test_pages::test_a_reset_password_takes_no_factor_away",
            "identity/factors/test_pages::test_a_stolen_password_adds_no_factor_where_there_is_one",
            "identity/factors/test_assurance",
        ),
    ),
    Line(
        "3.3",
        "Who only reports hands something in with one factor, and reads with two",
        (
            "identity/factors/test_assurance::test_with_one_factor_only_a_reporter_hands_something_in",
            "journeys/test_second_step::test_a_reporter_reports_with_a_password_alone_and_reads_nothing",
        ),
    ),
    Line(
        "3.4",
        "An invitation opens once, for three days, its own organisation, for its address and role; its hash is kept",
        ("identity/test_joining", "keys/test_never_told::test_what_lets_somebody_in_is_kept_as_a_hash_alone"),
    ),
    Line(
        "3.5",
        "Sessions change their id at sign-in and step-up, end after 30 idle minutes or 12 hours, and are seen and "
        "ended by their owner; whoever is removed is out at the next request",
        (
            "identity/test_sessions",
            "identity/test_pages::test_signing_in_gives_a_fresh_id_each_time",
            "identity/factors/test_apps::test_a_code_makes_the_session_whole_under_a_fresh_id",
        ),
    ),
    Line(
        "3.6",
        "Export, exclusion, disposal, broken glass, keys and roles ask for a second factor that is five minutes old at "
        "most",
        (
            "web/test_step_up",
            "identity/factors/test_pages"
            "::test_after_five_minutes_an_act_that_asks_for_it_asks_again_and_keeps_what_was_typed",
            "identity/factors/test_assurance::test_a_remembered_browser_is_no_step_up",
        ),
    ),
    Line(
        "3.7",
        "Cookies stay on this host and out of scripts; no other website changes anything by any route; a GET changes "
        "nothing",
        ("web/test_forgery", "web/test_unsafe_routes", "web/test_addresses"),
    ),
    Line(
        "3.8",
        "Every answer carries the security headers and stays in no cache; after signing out the back button shows "
        "nothing",
        (
            "web/test_headers",
            "web/test_every_answer",
            "web/test_resuming::test_after_signing_out_the_back_button_shows_nothing",
            "architecture/test_templates::test_no_template_has_an_inline_script_or_style",
        ),
    ),
    Line(
        "3.9",
        "A provider's word counts for the connection that was agreed to, for this browser, once, by the id that was "
        "linked and never by an address; only signatures of listed kinds are believed; what is not believed is said, "
        "and told to the log",
        ("sign_on/test_hostile", "sign_on/test_going", "sign_on/test_tokens", "journeys/test_sign_on"),
    ),
    Line(
        "3.10",
        "Tokens of programs are kept as hashes, end by themselves, wait for a lead where they read records, and stop "
        "with whoever answers for them",
        ("identity/test_issuing", "keys/test_never_told::test_what_lets_somebody_in_is_kept_as_a_hash_alone"),
    ),
    Line(
        "3.10",
        "A program does what its token was made for, of that which its role may: every route of the API with its one "
        "scope, and with all the others",
        ("web/test_scopes", "identity/test_issuing"),
    ),
    Line(
        "3.10",
        "Provisioning grants no role that reads records, and whoever it deactivates is out at the next request",
        ("provisioning/test_directory", "provisioning/test_standard", "journeys/test_provisioning"),
    ),
    Line(
        "3.11",
        "A route that says nothing of who may use it stops the start; each role reaches what the table gives it",
        ("web/test_marking", "web/test_routes"),
    ),
    Line(
        "3.11",
        "What was taken away holds at the next request, and a job runs with the rights of whoever asked for it",
        (
            "identity/test_sessions::test_changed_roles_hold_at_the_next_request",
            "identity/test_issuing::test_a_revoked_token_is_useless_at_the_next_request",
            "database/test_openings::test_a_worker_does_nothing_for_somebody_who_was_shut_out",
        ),
    ),
    Line(
        "3.12",
        "Files are taken by what they are, within limits, opened by nobody before a scanner said that they are clean, "
        "and lie sealed under names of chance",
        (
            "attachments/test_files",
            "attachments/test_inspecting",
            "evidence/test_making::test_what_lies_in_the_store_tells_nothing_without_its_key",
        ),
    ),
    Line(
        "3.13",
        "No cell of a table can be a formula, and no markup or template in any field is more than words",
        (
            "web/test_tables",
            "exports/test_lists::test_a_name_and_words_that_are_formulas_leave_as_text",
            "bad_input/test_forms::test_markup_and_templates_are_only_words",
            "architecture/test_templates::test_every_template_escapes_everything",
        ),
    ),
    Line(
        "3.14",
        "A caller's address is believed from our own proxy alone",
        ("web/test_serving::test_a_callers_address_is_believed_only_from_our_own_proxy",),
    ),
    Line(
        "3.14",
        "No content, name, token or key stands in a log, a trace, the queue or a mail",
        (
            "web/test_logs",
            "database/test_isolation::test_the_servers_own_log_holds_nothing_that_was_written",
            "notifications/test_content",
            "keys/test_never_told",
        ),
    ),
    Line(
        "3.14",
        "Every key is replaced while the service is used, and nothing that was begun fails",
        ("keys/test_replacing", "keys/test_database_passwords", "strongbox/test_rotating"),
    ),
    Line(
        "3.14",
        "What fails fails closed, with a reference and nothing else",
        (
            "web/test_working::test_a_fault_tells_a_reference_that_is_in_the_log_and_nothing_else",
            "web/test_refusing",
            "web/test_every_answer",
        ),
    ),
    Line(
        "3.15",
        "Reporters and the public bring no file, and nothing of the blocked kinds is stored by any way in",
        (
            "attachments/test_blocked",
            "referrals/test_enclosures::test_nothing_goes_that_may_not",
            "referrals/test_enclosures::test_the_database_lets_no_file_of_a_blocked_incident_go_whoever_asks",
            "bad_input/test_report::test_nobody_can_bring_a_file_to_a_report",
            "journeys/test_script::test_nothing_can_be_uploaded_by_a_reporter",
        ),
    ),
)

ISOLATION: Final = (
    Line(
        "5.1",
        "Every table is in the catalogue and guarded as it says; each policy dropped or weakened in turn is noticed, "
        "by the check at every start and by what the app then sees",
        ("database/test_mutations", "database/test_isolation", "isolation/test_every_table"),
    ),
    Line(
        "5.2",
        "Every route x every role x what is one's own, somebody else's, kept to them, kept from them, about them, "
        "another organisation's, disposed of, made up: what one must not see is answered as what does not exist",
        ("web/test_routes", "isolation/test_matrix", "isolation/test_relations", "isolation/test_exclusion"),
    ),
    Line(
        "5.3",
        "Two worlds that differ in what somebody must not know give the same bytes and the same statements on a walk "
        "through everything",
        ("isolation/test_two_worlds", "isolation/test_a_night", "isolation/test_leaving"),
    ),
    Line(
        "5.4",
        "Another organisation's ids in paths, queries, fields, headers, cursors and names of files tell nothing and "
        "change nothing",
        (
            "isolation/test_swapped",
            "web/test_paging",
            "web/test_routes::test_an_object_of_ones_own_reached_through_anothers_is_not_found",
        ),
    ),
    Line(
        "5.5",
        "Thousands of requests of two organisations over one connection, cancelled at any moment, never meet",
        ("database/test_one_connection", "web/test_one_connection"),
    ),
    Line(
        "5.6",
        "A statement smuggled into a request reads and writes nothing of another organisation",
        ("isolation/test_injected", "public/test_injection", "database/test_openings"),
    ),
    Line(
        "5.7",
        "What a program of one organisation did, replayed by another's, finds nothing",
        ("isolation/test_replayed",),
    ),
)
