"""What the rest stands on: how organisations are told apart, and what each role sees. As in `lines`."""

from typing import Final

from tests.promises.lines import Line

_DATABASE: Final = "database/test_isolation"

GROUND: Final = (
    Line(
        "1.1",
        "Each kind of process comes to the database as a role of its own, none above row security, and stops at a "
        "release that leaks rows",
        (
            "database/test_bootstrap::test_four_roles_log_in_and_none_is_above_row_security",
            "database/test_bootstrap::test_a_role_above_row_security_is_refused",
            "database/test_bootstrap::test_a_release_that_leaks_rows_is_refused",
            f"{_DATABASE}::test_a_server_without_the_fixes_is_noticed_whoever_set_it_up",
        ),
    ),
    Line(
        "1.2",
        "Row security is on and forced at every table, as the table of classes says, the owner included",
        (
            f"{_DATABASE}::test_the_catalogue_finds_nothing_to_mend",
            "database/test_mutations::test_a_table_that_does_not_hold_its_owner_is_noticed",
        ),
    ),
    Line(
        "1.3",
        "What says whose rows are seen is signed: made up, another deployment's, replaced, run out or smuggled in, it "
        "is refused",
        (
            f"{_DATABASE}::test_an_injected_context_is_refused",
            f"{_DATABASE}::test_a_context_of_another_deployments_key_is_refused",
            f"{_DATABASE}::test_a_key_that_was_replaced_makes_no_contexts_any_more",
            f"{_DATABASE}::test_an_expired_context_is_refused",
            "isolation/test_injected",
        ),
    ),
    Line(
        "1.4",
        "Without it a statement is refused, and not answered with no rows",
        (f"{_DATABASE}::test_a_statement_without_a_context_is_refused",),
    ),
    Line(
        "1.5",
        "It ends with its transaction, whatever becomes of the connection",
        (f"{_DATABASE}::test_a_setting_left_on_a_pooled_connection_is_never_seen", "database/test_one_connection"),
    ),
    Line(
        "1.6",
        "Every key and index of an owned table begins with the organisation; no organisation writes into another",
        (
            f"{_DATABASE}::test_the_catalogue_finds_nothing_to_mend",
            f"{_DATABASE}::test_an_organisation_sees_itself_and_no_other",
            f"{_DATABASE}::test_an_organisation_cannot_write_into_another",
        ),
    ),
    Line(
        "1.7",
        "Views see with the reader's eyes, grants are no wider than listed, and what runs with other rights stands on "
        "a list",
        (
            f"{_DATABASE}::test_the_catalogue_finds_nothing_to_mend",
            f"{_DATABASE}::test_the_app_may_not",
            "database/test_mutations::test_a_grant_that_is_too_wide_is_noticed",
            "database/test_bootstrap::test_only_the_owner_may_become_a_definer",
        ),
    ),
    Line(
        "1.8",
        "Searching goes along its indexes under row security, and finds nothing of what the reader must not know",
        (
            "incidents/test_reading::test_a_rare_word_far_back_is_found_along_the_index_of_words",
            "people/test_plans::test_a_hundred_thousand_people_are_found_and_listed_along_indexes",
            "searching/test_searching::test_whoever_is_kept_from_an_incident_finds_nothing_of_it",
        ),
    ),
    Line(
        "1.9",
        "Whoever is alleged to have harmed is shut out of it by every way, whatever their role; nobody else is, and "
        "somebody can always handle it",
        (
            "isolation/test_exclusion",
            "isolation/test_traces",
            "isolation/test_ending",
            "isolation/test_circle::test_when_the_only_lead_is_alleged_the_head_finds_it_in_the_vault",
            "concerns/test_vault::test_a_concern_about_the_head_goes_past_the_head",
            "concerns/test_vault::test_when_nobody_here_can_receive_it_whoever_raised_it_is_told",
        ),
    ),
    Line(
        "1.9",
        "References are drawn at random, so that there are no gaps to count",
        (
            "work/test_unit_of_work::test_ids_are_version_seven_and_references_are_never_a_series",
            "incidents/test_recording::test_a_taken_reference_is_drawn_again",
        ),
    ),
)

ROLES: Final = (
    Line(
        "2",
        "Each role reaches what the table of SECURITY gives it and nothing else; a page shows the table that is "
        "enforced",
        (
            "web/test_routes",
            "identity/factors/test_pages::test_the_page_of_who_sees_what_is_read_off_the_table",
            "isolation/test_matrix::test_each_role_finds_what_it_may_know_of_and_nothing_else_by_any_route",
        ),
    ),
    Line(
        "2",
        "Reporters read their own and what is shared back; pastoral staff what a lead assigned, never what is "
        "restricted",
        (
            "isolation/test_relations::test_nobody_reads_who_may_only_report",
            "isolation/test_circle::test_a_reporter_sees_the_people_of_their_report_and_not_whom_a_lead_added",
            "isolation/test_circle::test_a_pastoral_member_reads_nothing_that_is_restricted_but_their_own_report",
            "identity/test_pastoral_scope",
        ),
    ),
    Line(
        "2",
        "Deputies are deputies for their days, and what they had in hand then is nobody's",
        (
            "identity/test_succession::test_a_deputy_stands_in_from_a_day_until_a_day_and_no_longer",
            "incidents/test_handing_on",
        ),
    ),
    Line(
        "2",
        "Governors, heads and groups see figures of which none below five can be worked out, and no names",
        (
            "figures/test_suppressing",
            "insights/test_releasing",
            "insights/test_group_sums",
            "insights/test_sharing",
            "insights/test_boards::test_a_governor_sees_no_small_figure_and_no_way_to_an_incident",
        ),
    ),
    Line(
        "2",
        "Administrators read no case and make nobody lead where somebody leads, themselves never",
        (
            "identity/test_managing::test_an_administrator_cannot_make_themselves_lead",
            "identity/test_managing::test_an_administrator_cannot_invite_their_own_address_as_lead",
            "identity/test_managing::test_where_there_is_a_lead_only_a_lead_opens_cases_to_others",
        ),
    ),
    Line(
        "2",
        "Inspectors read what they were given, until a day; operators nothing that an organisation owns",
        (
            "inspection/test_reading_room",
            "inspection/test_letting_in",
            "console/test_console::test_an_operator_begins_by_a_link_looks_around_and_reads_no_record",
            "console/test_console::test_the_role_reads_no_table_and_calls_nothing_else",
        ),
    ),
    Line(
        "2",
        "What takes two is decided by two, and by somebody outside only where nobody here can; an organisation of one "
        "is never stuck",
        ("identity/test_approving", "identity/test_nobody_here", "identity/test_replacing"),
    ),
    Line(
        "2",
        "Whoever keeps everybody else from a record is heard of by whoever stands above and is not kept from it",
        ("isolation/test_kept_to_one",),
    ),
    Line(
        "2",
        "Breaking the glass takes two and a reason, lasts an hour, is said on every page and to others, and shows "
        "nobody what alleges them",
        (
            "isolation/test_circle::test_breaking_the_glass_takes_two_and_shows_nobody_what_alleges_them",
            "isolation/test_circle::test_the_hour_is_an_hour",
            "isolation/test_circle::test_others_are_told_that_somebody_broke_the_glass_and_whoever_did_is_not",
            "isolation/test_glass_pages::test_every_page_says_so_until_it_ends",
            "isolation/test_glass_writes",
            "isolation/test_glass_and_the_alleged",
        ),
    ),
)
