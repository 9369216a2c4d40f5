"""What must hold within a profile beyond the types: codes that exist, limits that make sense, words that are there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final, cast

from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.tenancy.limits import Clock, Unit
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.positions import Path
from safeguard.tenancy.profile import IssueType, Profile
from safeguard.tenancy.questions import Question, QuestionKind
from safeguard.tenancy.reading import Problems, one_of

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "words": (
        "organisation", "organisations", "pupil", "pupils", "a_pupil", "group_of_pupils", "groups_of_pupils", "lead",
        "leads", "lead_short", "deputy", "head", "heads", "governor", "governors", "board", "staff", "staff_member",
        "team", "committee", "family", "families", "file", "term", "inspector",
    ),
    "areas": ("content", "contact", "conduct", "commerce"),
    "person_roles": ("affected", "alleged", "witness", "reporter", "other"),
    "person_outcomes": ("unresolved",),
    "risk_levels": ("low", "medium", "high", "emergency"),
    "questions": ("danger", "narrative", "people", "when", "where", "online", "own_words", "action", "about"),
    "places": ("on_site", "off_site", "at_home", "online_only"),
    "clocks": ("acknowledgement", "open_incident_review"),
    "notices": ("imagery", "mandatory_report"),
    "retention": ("incident_record", "audit_log"),
}  # fmt: skip
"""Codes that the program itself names: a profile may reword them and add others, and cannot be without these."""

CODED: Final = (
    "areas", "risk_areas", "issue_groups", "issues", "person_roles", "person_outcomes", "connections", "places",
    "devices", "families", "platforms", "risk_levels", "questions", "notices", "moments", "clocks", "retention",
    "identifiers", "person_flags", "person_identifiers", "relations", "reported", "words",
)  # fmt: skip
KEPT: Final = frozenset({"narrative", "danger"})
"""Questions that no form may be without: what happened, and whether anybody is in danger."""
KEPT_IN_TYPES: Final = KEPT | {"about"}
"""Those that no type leaves out: without the question of what it is about nobody could choose another type."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WHERE = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_PLACEHOLDER = re.compile(r"\{(\w*)\}?")


def check(profile: Profile, problems: Problems) -> None:
    """Note everything in `profile` that cannot be meant."""
    _codes(profile, problems)
    _needed(profile, problems)
    _nations(profile, problems)
    _roles(profile, problems)
    _questions(profile, problems)
    for issue in profile.issues.values():
        _issue(profile, issue, problems)
    _all_known(profile.first_platforms, profile.platforms, ("first_platforms",), "platform", problems)
    for platform in profile.platforms.values():
        _known(platform.family, profile.families, ("platforms", platform.code, "family"), "family", problems)
    _hosts(profile, problems)
    for clock in profile.clocks.values():
        _clock(profile, clock, problems)
    _retention(profile, problems)
    _identifiers(profile, problems)
    _placeholders(profile, problems)


def _codes(profile: Profile, problems: Problems) -> None:
    for table in CODED:
        for code in getattr(profile, table):
            if not _CODE.fullmatch(code):
                problems.add((table, code), f"`{code}` cannot be a code: use small letters, digits and _, up to 40.")


def _hosts(profile: Profile, problems: Problems) -> None:
    """A host is one platform's: an address is never of two."""
    whose: dict[str, str] = {}
    for platform in profile.platforms.values():
        for host in platform.hosts:
            if not _WHERE.fullmatch(host):
                problems.add(("platforms", platform.code), f"`{host}` is no host: write `name.tld` or `*.name.tld`.")
            elif whose.setdefault(host, platform.code) != platform.code:
                problems.add(("platforms", platform.code), f"`{host}` is a host of `{whose[host]}` already.")


def _needed(profile: Profile, problems: Problems) -> None:
    for table, codes in NEEDED.items():
        for code in codes:
            if code not in getattr(profile, table):
                problems.add((table,), f"`{code}` is missing from [{table}], and the service relies on it.")


def _nations(profile: Profile, problems: Problems) -> None:
    for nation in Nation:
        told = nation in profile.nations
        if nation in profile.written_for and told:
            problems.add(("nations", nation), f"the profile is written for {nation.label}: it needs no notice there.")
        if nation not in profile.written_for and not told:
            problems.add(("written_for",), f"say what an organisation in {nation.label} is told: [nations.{nation}].")
    for elsewhere in profile.nations.values():
        for word in elsewhere.words:
            _known(word, profile.words, ("nations", elsewhere.code, "words", word), "word", problems)


def _roles(profile: Profile, problems: Problems) -> None:
    if not profile.first_roles:
        problems.add(("first_roles",), "name at least one role: somebody must be able to begin.")
    for number, role in enumerate(profile.first_roles):
        _known(role, profile.roles, ("first_roles", number), "role here", problems)


def _questions(profile: Profile, problems: Problems) -> None:
    for number, code in enumerate(profile.question_order):
        _known(code, profile.questions, ("question_order", number), "question", problems)
        if code in profile.question_order[:number]:
            problems.add(("question_order", number), f'"{code}" is asked twice.')
    for question in profile.questions.values():
        _question(profile, question, problems)
    for told in profile.reported.values():
        for name in ("first", "leave_out", "require", "hints"):
            _all_known(getattr(told, name), profile.questions, ("reported", told.code, name), "question", problems)
        if kept := set(told.leave_out) & KEPT_IN_TYPES:
            problems.add(("reported", told.code, "leave_out"), f"`{min(kept)}` is asked in every report.")
    for code in profile.questions.keys() - set(profile.question_order):
        problems.add(("questions", code), f"`{code}` is never asked: add it to question_order, or to leave_out.")


def _question(profile: Profile, question: Question, problems: Problems) -> None:
    path = ("questions", question.code)
    if (question.kind is QuestionKind.BUILT_IN) != (question.code in NEEDED["questions"]):
        kinds = [kind.value for kind in QuestionKind if kind is not QuestionKind.BUILT_IN]
        problems.add((*path, "kind"), f"write how it is answered: {one_of(kinds)}.")
    if (question.kind is QuestionKind.CHOICE) != (len(question.options) > 1):
        problems.add((*path, "options"), "a choice has two answers or more, and nothing else has any.")
    _all_known(question.about, profile.reported, (*path, "about"), "reported type", problems)


def _issue(profile: Profile, issue: IssueType, problems: Problems) -> None:
    path = ("issues", issue.code)
    _known(issue.group, profile.issue_groups, (*path, "group"), "issue group", problems)
    _all_known(issue.areas, profile.areas, (*path, "areas"), "area", problems)
    _all_known(issue.risk_areas, profile.risk_areas, (*path, "risk_areas"), "risk area", problems)
    if issue.blocks_attachments != (issue.code in BLOCKED_TYPES):
        problems.add((*path, "attachments"), "the database computes which types block attachments: add a migration.")


def _clock(profile: Profile, clock: Clock, problems: Problems) -> None:
    path = ("clocks", clock.code)
    _known(clock.starts, profile.moments, (*path, "starts"), "moment", problems)
    if clock.unit is Unit.AT_ONCE and clock.value:
        problems.add((*path, "value"), "what is due at once has no number: write `value = 0`, or another `unit`.")
    if clock.unit is not Unit.AT_ONCE and clock.value < 1:
        problems.add((*path, "value"), f"a limit of {clock.value} {clock.unit} is none: write 1 or more.")
    if clock.extends_by < 0:
        problems.add((*path, "extends_by"), "write by how much it may be lengthened, 0 or more.")
    begins, at = clock.begins, (*path, "begins")
    _all_known(begins.connections, profile.connections, (*at, "connections"), "connection", problems)
    _all_known(begins.risks, profile.risk_levels, (*at, "risks"), "risk level", problems)
    _all_known(begins.issues, profile.issues, (*at, "issues"), "issue type", problems)
    _all_known(begins.risk_areas, profile.risk_areas, (*at, "risk_areas"), "risk area", problems)
    _all_known(begins.flags, profile.person_flags, (*at, "flags"), "flag", problems)
    if begins != type(begins)() and not clock.outside:
        problems.add((*path, "contacts"), "say with whom a contact stops it, or it never stops.")
    if clock.contacts and clock.knowers:
        problems.add((*path, "knowers"), "write whom it is about once: as `contacts`, or as `knowers`.")


def _retention(profile: Profile, problems: Problems) -> None:
    for rule in profile.retention.values():
        _known(rule.starts, profile.moments, ("retention", rule.code, "starts"), "moment", problems)
        if not 0 <= rule.years <= 120:
            problems.add(("retention", rule.code, "years"), f"{rule.years} years cannot be meant: write 0 to 120.")


def _identifiers(profile: Profile, problems: Problems) -> None:
    for identifier in (*profile.identifiers.values(), *profile.person_identifiers.values()):
        known = identifier.code in profile.identifiers
        path = ("identifiers" if known else "person_identifiers", identifier.code)
        try:
            matches = re.fullmatch(identifier.pattern, identifier.example)
        except re.error as mistake:
            problems.add((*path, "pattern"), f"this is not a regular expression: {mistake}.")
        else:
            if not matches:
                problems.add((*path, "example"), f'"{identifier.example}" does not match the pattern beside it.')


def _placeholders(profile: Profile, problems: Problems) -> None:
    """After filling, a brace that is left names a word that is not there."""
    for path, sentence in _sentences(profile, ()):
        if found := _PLACEHOLDER.search(sentence):
            problems.add(path, f"`{found[0]}` is not one of [words].")


def _sentences(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for name, part in cast("Mapping[str, object]", value).items():
                yield from _sentences(part, (*path, name))
        case tuple():
            for number, part in enumerate(cast("tuple[object, ...]", value)):
                yield from _sentences(part, (*path, number))
        case _ if is_dataclass(value):
            for each in fields(value):
                yield from _sentences(getattr(value, each.name) if each.name != "pattern" else "", (*path, each.name))
        case _:
            return


def _all_known(codes: Iterable[str], known: Iterable[str], path: Path, noun: str, problems: Problems) -> None:
    for number, code in enumerate(codes):
        _known(code, known, (*path, number), noun, problems)


def _known(code: str, known: Iterable[str], path: Path, noun: str, problems: Problems) -> None:
    if code not in known:
        problems.add(path, f'there is no {noun} "{code}": write {one_of(list(known))}.')
