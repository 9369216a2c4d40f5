"""Attacks on what is evidence: what catches each, and the tests that show it; also what nothing catches."""

from typing import Final

from tests.promises.lines import Line

ALONE: Final = "**nothing**"

DATABASE: Final = (
    Line(
        "6.1",
        "Signed entries are edited, deleted, put in, put in another order, or another history is told from a point on, "
        "each made sound in itself",
        (
            "evidence/test_tampering"
            "::test_whatever_is_done_to_signed_entries_is_refused_and_contradicts_what_was_kept_outside",
            "evidence/test_signer::test_what_lies_below_the_last_signature_is_read_again_in_rounds",
            "evidence/test_seen::test_a_log_that_was_rewritten_is_not_valid_although_the_pack_is_whole",
        ),
        caught="The signer, from its own memory outside the database; any checkpoint kept outside; whoever verified a "
        "pack before",
    ),
    Line(
        "6.2",
        "The tail or the whole log is cut off, or the whole database put back to an earlier day, and goes on",
        (
            "evidence/test_tampering"
            "::test_a_database_put_back_to_yesterday_is_refused_by_the_signer_and_ahead_of_it_is_what_was_kept",
            "evidence/test_signer::test_a_rewound_database_is_refused_although_it_is_sound_in_itself",
            "evidence/test_signer::test_a_rewound_database_that_grew_again_is_refused_too",
            "evidence/test_signer_continued::test_a_log_of_which_nothing_is_left_is_missed_in_the_next_round",
            "evidence/test_seen::test_a_log_that_was_cut_and_went_on_is_not_valid_although_it_is_smaller",
        ),
        caught="The signer; any checkpoint kept outside is ahead of the log; whoever verified a pack before is shown"
        " one that is smaller and later",
    ),
    Line(
        "6.3",
        "A checkpoint in the database is replaced by one that fits what was altered, signed with another key",
        (
            "evidence/test_tampering"
            "::test_a_replaced_checkpoint_is_none_of_the_signers_and_changes_nothing_that_it_says",
            "evidence/test_verifying::test_a_pack_signed_anew_by_somebody_else_is_refused_once_the_key_is_given",
        ),
        caught="The signer goes by its own memory; the key is another",
    ),
    Line(
        "6.4",
        "The hashes that the database keeps are altered so that they fit what the entries are not",
        ("evidence/test_signer::test_a_head_that_does_not_fit_its_entries_is_refused",),
        caught="The signer, which hashes every entry itself",
    ),
    Line(
        "6.5",
        "Times in entries are set back",
        ("evidence/test_signer::test_time_that_goes_backwards_is_refused_although_every_hash_fits",),
        caught="The signer",
    ),
    Line(
        "6.6",
        "The committed words of a record are edited, and their entry is left",
        ("evidence/test_tampering::test_an_edited_committed_value_makes_no_pack",),
        caught="The commitment in the entry: no pack is made of it",
    ),
    Line(
        "6.7",
        "A record is edited in its own table, and what was committed is left",
        ("evidence/test_tampering::test_a_page_shows_an_edited_column_and_a_pack_the_words_that_were_committed",),
        caught="A pack tells the committed words. The page shows the edited ones: **not caught** there",
    ),
    Line(
        "6.8",
        "The clock of the signer's machine is set back",
        ("evidence/test_signer::test_a_clock_that_was_set_back_signs_nothing",),
        caught="The signer signs nothing, and says so",
    ),
    Line(
        "6.9",
        "The disk of the signer is filled, so that it cannot remember what it signed",
        ("evidence/test_signer::test_a_full_disk_signs_nothing",),
        caught="The signer signs nothing, and says so",
    ),
    Line(
        "6.10",
        "A restored backup is passed off as the log that was",
        (
            "evidence/test_signer_continued::test_an_epoch_that_nobody_declared_to_the_signer_is_refused",
            "evidence/test_verifying::test_a_log_that_was_restored_is_never_plainly_valid",
        ),
        caught="The signer, until two people declare it; then every pack says that the log was interrupted",
    ),
)

PACKS: Final = (
    Line(
        "6.11",
        "Any byte of a pack is altered, in the zip or in a member of a zip that is well-formed",
        (
            "evidence/test_tricks::test_no_altered_byte_passes_for_the_real_one",
            "evidence/test_tricks::test_no_altered_member_passes_in_a_zip_that_is_well_formed",
            "evidence/test_tricks::test_every_member_altered_is_named",
            "evidence/test_verify_mutations::test_no_byte_of_the_zip_can_be_changed",
            "evidence/test_verify_mutations::test_no_byte_of_any_member_can_be_changed",
        ),
        caught="Both verifiers, by the signed manifest",
    ),
    Line(
        "6.12",
        "The zip is bent: names that collide or lead elsewhere, members twice or more, two descriptions of one, bytes "
        "before and after, comments, encryption",
        (
            "evidence/test_tricks::test_bytes_around_the_zip_are_refused",
            "evidence/test_tricks::test_names_that_lead_elsewhere_or_collide_are_refused",
            "evidence/test_tricks::test_a_member_twice_is_refused",
            "evidence/test_tricks::test_members_more_fewer_or_in_another_order_are_refused",
            "evidence/test_tricks::test_two_descriptions_of_one_member_are_refused",
            "evidence/test_tricks::test_headers_that_no_pack_has_are_refused",
            "evidence/test_tricks::test_an_encrypted_member_is_refused_by_name",
        ),
        caught="Both verifiers, before anything is unpacked",
    ),
    Line(
        "6.13",
        "Values, versions or entries are taken out of a pack, put in or altered, and its manifest is made to fit",
        (
            "evidence/test_verifying::test_an_altered_value_is_named",
            "evidence/test_verifying::test_a_version_held_back_is_noticed",
            "evidence/test_verifying::test_a_version_that_the_log_never_heard_of_is_refused",
            "evidence/test_verifying::test_an_edited_entry_breaks_the_root",
        ),
        caught="Both verifiers, by the commitments and the root",
    ),
    Line(
        "6.14",
        "Everything is signed anew with a key of the attacker's own",
        (
            "evidence/test_verifying::test_without_a_key_the_fingerprint_is_shown_and_no_more_claimed",
            "evidence/test_seen::test_another_key_needs_to_be_named",
            "evidence/test_verify_mutations::test_what_an_attacker_signs_anew_is_judged_alike",
        ),
        caught="Whoever gives the key, or verified a pack of this log before. Without: KEY NOT KNOWN, never VALID",
    ),
    Line(
        "6.15",
        "Signatures and keys on which libraries disagree, JSON and base64 of two spellings",
        (
            "evidence/test_tricks::test_signatures_that_libraries_disagree_about_are_refused",
            "evidence/test_tricks::test_points_of_small_order_and_unreduced_ones_are_refused",
            "evidence/test_tricks::test_json_has_one_spelling",
            "evidence/test_tricks::test_base64_has_one_spelling",
            "evidence/test_verify_mutations::test_json_has_one_spelling_in_both",
        ),
        caught="Both verifiers",
    ),
)

UNCAUGHT: Final = (
    Line(
        "6.16",
        "Entries are changed before they were first signed: within a minute, or a hundred entries",
        ("evidence/test_tampering::test_not_caught_entries_changed_before_they_were_first_signed",),
        caught=ALONE,
    ),
    Line(
        "6.17",
        "False entries are made with the service's own rights, by whoever holds its keys",
        ("evidence/test_tampering::test_not_caught_a_false_entry_made_with_the_apps_own_rights",),
        caught=ALONE,
    ),
    Line(
        "6.18",
        "Tables, backups or the memory of a process are read without the service",
        ("evidence/test_tampering::test_not_caught_reading_the_tables_without_the_service",),
        caught=ALONE,
    ),
)

ATTACKS: Final = (*DATABASE, *PACKS, *UNCAUGHT)
