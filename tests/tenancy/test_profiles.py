"""The kinds that we ship, and what somebody is told who writes one with a mistake in it."""

import shutil
from pathlib import Path

import pytest

from safeguard import paths
from safeguard.access.roles import Role
from safeguard.tenancy.limits import Certainty, Disposal, Unit
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import ProfileError, load_profiles, profile_of

KINDS = ("care", "childrens_home", "club", "group", "helpline", "school")


def test_there_are_six_kinds():
    assert sorted(load_profiles()) == list(KINDS)


@pytest.mark.parametrize(
    ("kind", "pupil", "lead"),
    [
        ("school", "pupil", "designated safeguarding lead"),
        ("club", "member", "welfare officer"),
        ("care", "resident", "safeguarding lead"),
        ("childrens_home", "child in our care", "safeguarding lead"),
    ],
)
def test_a_kind_has_its_own_words(kind, pupil, lead):
    profile = load_profiles()[kind]
    assert (profile.word("pupil"), profile.word("lead")) == (pupil, lead)


def test_a_word_that_nobody_defined_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        load_profiles()["school"].word("puipl")


def test_sentences_come_with_the_words_of_the_kind_and_of_the_nation():
    assert "Tell the welfare officer in person" in load_profiles()["club"].emergency.steps[1]
    assert "Tell the designated safeguarding person in person" in profile_of("school", "wales").emergency.steps[1]


def test_a_nation_that_a_profile_is_not_written_for_is_told_so():
    school = load_profiles()["school"]
    assert school.notice_for("england") == ""
    assert "Wales" in school.notice_for("wales")
    assert all(load_profiles()["helpline"].notice_for(nation) == "" for nation in Nation)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unconfirmed_is_never_called_law(kind):
    profile = load_profiles()[kind]
    if "lado_contact" in profile.clocks:
        assert profile.clocks["lado_contact"].certainty is Certainty.UNCONFIRMED
    assert profile.clocks["data_breach"].certainty is Certainty.LAW


def test_the_clocks_of_the_field_are_there():
    profiles = load_profiles()
    file_transfer = profiles["school"].clocks["file_transfer"]
    assert (file_transfer.value, file_transfer.unit) == (5, Unit.SCHOOL_DAYS)
    assert profiles["care"].clocks["cqc_notification"].unit is Unit.AT_ONCE
    assert profiles["childrens_home"].clocks["ofsted_notification"].unit is Unit.AT_ONCE
    assert profiles["helpline"].clocks["first_answer"].unit is Unit.HELPLINE_HOURS
    assert profiles["school"].clocks["data_breach"].value == 72


def test_retention_differs_by_kind_and_ends_in_a_review():
    profiles = load_profiles()
    kept = {kind: profiles[kind].retention["incident_record"] for kind in ("school", "childrens_home")}
    assert {kind: (rule.years, rule.starts) for kind, rule in kept.items()} == {
        "school": (25, "date_of_birth"), "childrens_home": (75, "date_of_birth"),
    }  # fmt: skip
    assert all(rule.then is Disposal.REVIEW for rule in kept.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ["nudes", "sexual_blackmail", "abuse_imagery", "illegal_content"])
def test_nothing_can_be_attached_to_what_must_never_be_copied(kind, code):
    assert load_profiles()[kind].issues[code].blocks_attachments


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_helpline_advises_on_can_be_counted(kind):
    labels = {issue.helpline for issue in load_profiles()[kind].issues.values()}
    assert labels >= {
        "Cyberbullying", "Gaming", "Grooming", "Sexting", "Inappropriate online behaviour", "Digital privacy",
        "Reputation management", "Impersonation", "Unauthorised use of branding", "Media literacy and education",
        "Potentially harmful content", "Abuse of privacy", "Illegal content", "Sexual harassment",
    }  # fmt: skip


def test_every_platform_that_the_helpline_reaches_is_there():
    reached = {platform.name for platform in load_profiles()["school"].platforms.values() if platform.helpline_route}
    assert reached == {
        "Facebook", "Instagram", "Snapchat", "X", "Roblox", "TikTok", "LinkedIn", "Bing", "Xbox", "Skype", "Minecraft",
        "YouTube", "YouTube Kids", "Google Search", "Blogger",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_invited_first_can_read_what_is_reported(kind):
    assert Role.LEAD in load_profiles()[kind].first_roles


def test_lists_are_offered_under_the_names_of_their_groups():
    school = load_profiles()["school"]
    assert sum(len(issues) for _, issues in school.issues_by_group()) == len(school.issues)
    assert dict(school.platforms_by_family())["Meta"][0].name == "Facebook"


# ---------------------------------------------------------------- mistakes


@pytest.fixture
def tenants(tmp_path: Path) -> Path:
    folder = tmp_path / "tenants"
    folder.mkdir()
    for name in ("vocabulary", "platforms", "school"):
        shutil.copy(paths.TENANTS / f"{name}.toml", folder)
    return folder


def mistakes(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as refused:
        load_profiles(folder)
    return refused.value.lines


def change(path: Path, old: str, new: str) -> int:
    """Replace once, and give the line on which the change stands."""
    before, found, after = path.read_text("utf-8").partition(old)
    assert found, f"{old!r} is not in {path.name}"
    path.write_text(before + new + after, "utf-8")
    return before.count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("school", 'pattern = "[1-9][0-9]{5}"', "pattern = 6", "write text in quotes for `pattern`, not 6."),
        ("school", 'pupils = "pupils"', 'pupils = ""', "write text in quotes for `pupils`, not an empty text."),
        ("school", "value = 5", 'value = "5"', 'write a whole number for `value`, not "5".'),
        ("school", 'unit = "school_days"', 'unit = "schooldays"', '"schooldays" is not a unit: write "at_once",'),
        ("school", 'starts = "pupil_left"', 'starts = "left"', 'there is no moment "left": write'),
        ("school", 'extends = ["vocabulary", "platforms"]', 'extends = ["vocabulary", "platform"]',
         'there is no file "platform.toml": write "platforms"'),
        ("school", 'first_roles = ["lead"]', 'first_roles = ["boss"]', '"boss" is not a role: write "reporter",'),
        ("school", 'first_roles = ["lead"]', 'first_roles = ["practitioner"]',
         'there is no role here "practitioner": write "reporter",'),
        ("school", 'written_for = ["england"]', 'written_for = []',
         "say what an organisation in England is told: [nations.england]."),
        ("school", 'example = "123456"', 'example = "0123"', '"0123" does not match the pattern beside it.'),
        ("school", 'pattern = "1[0-9]{7}"', 'pattern = "1[0-9"', "this is not a regular expression:"),
        ("school", "describes = \"Stands in for the lead\"", "describe = \"Stands in\"",
         "`describe` is not known here: did you mean `describes`?"),
        ("school", "[roles.deputy]", "[roles.captain]", '"captain" is not a role: write'),
        ("vocabulary", 'group = "harm"', 'group = "harms"', 'there is no issue group "harms": write "harm",'),
        ("vocabulary", 'attachments = "blocked"\nrefer', 'attachments = "never"\nrefer',
         '"never" is not an attachment rule: write "allowed" or "blocked".'),
        ("vocabulary", "[issues.hate]", "[issues.Hate-speech]", "`Hate-speech` cannot be a code:"),
        ("vocabulary", 'Tell the {lead} in person', 'Tell the {leader} in person', "`{leader}` is not one of [words]."),
        ("vocabulary", "required = true", "required = 1", "write true or false for `required`, not 1."),
        ("vocabulary", 'areas = ["conduct"]', 'areas = "conduct"',
         'write a list for `areas`, such as ["…"], not "conduct".'),
        ("vocabulary", '"online", "own_words"]', '"online", "own_words", "when"]', '"when" is asked twice.'),
        ("vocabulary", "years = 25", "years = 250", "250 years cannot be meant: write 0 to 120."),
        ("platforms", 'family = "snap"', 'family = "snapchat"', 'there is no family "snapchat": write "meta",'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_line(tenants, file, old, new, sentence):
    line = change(tenants / f"{file}.toml", old, new)
    found = mistakes(tenants)
    assert any(each.startswith(f"{file}.toml:{line}: {sentence}") for each in found), found


def test_a_missing_key_is_named_where_its_table_begins(tenants):
    change(tenants / "school.toml", 'who = "Your chair of governors', 'whom = "Your chair of governors')
    line = (tenants / "school.toml").read_text("utf-8").splitlines().index("[second_person]") + 1
    assert f"school.toml:{line}: `who` is missing in [second_person]: write `who = …`." in mistakes(tenants)


def test_a_question_that_does_not_say_whether_it_identifies_anybody_is_refused(tenants):
    path = tenants / "vocabulary.toml"
    path.write_text(
        path.read_text("utf-8").replace("[questions.when]\nidentifies = false\n", "[questions.when]\n"), "utf-8"
    )
    line = path.read_text("utf-8").splitlines().index("[questions.when]") + 1
    found = mistakes(tenants)
    sentence = f"vocabulary.toml:{line}: `identifies` is missing in [questions.when]: write `identifies = …`."
    assert sentence in found, found


def test_a_word_that_the_service_needs_is_asked_for(tenants):
    change(tenants / "school.toml", 'pupils = "pupils"\n', "")
    line = (tenants / "school.toml").read_text("utf-8").splitlines().index("[words]") + 1
    assert f"school.toml:{line}: `pupils` is missing from [words], and the service relies on it." in mistakes(tenants)


def test_a_code_written_twice_is_named_with_its_line(tenants):
    path = tenants / "school.toml"
    path.write_text(path.read_text("utf-8") + '\n[places.trip]\nname = "Again"\n', "utf-8")
    (found,) = mistakes(tenants)
    line = path.read_text("utf-8").count("\n") - 1
    assert found.startswith(f"school.toml:{line}: this is not TOML: cannot declare")


def test_all_mistakes_are_told_at_once(tenants):
    change(tenants / "school.toml", "value = 5", "value = -5")
    change(tenants / "vocabulary.toml", 'group = "harm"', 'group = "harms"')
    assert len(mistakes(tenants)) == 2


def test_an_empty_folder_is_a_mistake(tmp_path):
    assert "there is no kind of organisation here" in mistakes(tmp_path)[0]


def test_a_file_that_forgot_its_kind_is_not_passed_over(tenants):
    change(tenants / "school.toml", 'kind = "school"\n', "")
    assert mistakes(tenants)[0].endswith('this looks like a kind of organisation: write `kind = "school"`.')


def test_a_kind_may_leave_out_what_it_does_not_use(tenants):
    path = tenants / "school.toml"
    path.write_text(path.read_text("utf-8") + '\n[leave_out]\nissues = ["gambling"]\n', "utf-8")
    assert "gambling" not in load_profiles(tenants)["school"].issues


def test_what_is_left_out_must_have_been_there(tenants):
    path = tenants / "school.toml"
    path.write_text(path.read_text("utf-8") + '\n[leave_out]\nissues = ["gamblin"]\n', "utf-8")
    assert mistakes(tenants)[0].endswith('there is no "gamblin" in [issues] to leave out.')


def test_a_profile_is_read_once():
    assert load_profiles() is load_profiles()
    assert isinstance(load_profiles()["school"], Profile)
