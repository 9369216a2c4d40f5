"""What a kind of organisation is: its words, its choices, its limits.

Everything here is data of `tenants/*.toml`, checked at start-up. Codes are what records hold; names and sentences are
what people read, and may change with the file. Lists keep the order of the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from safeguard.access.roles import Role
from safeguard.tenancy.limits import Certainty, Clock, Retention
from safeguard.tenancy.nations import Elsewhere, Nation
from safeguard.tenancy.questions import Question, ReportedType


class AttachmentRule(StrEnum):
    """Whether files may ever be attached to an incident of a type."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"


class PublicPage(StrEnum):
    """Whether anybody may write by a public page, and at what address."""

    OPEN = "open"
    """At the organisation's name, unless it switches the page off."""
    HIDDEN = "hidden"
    """Off until it is switched on; at an address that nobody can guess, on a page that names nobody."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer among several: its code in records, its name on the page."""

    code: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RoleWording:
    """What a role is called here, and what it sees."""

    code: Role
    name: str
    describes: str


@dataclass(frozen=True, slots=True)
class Connection:
    """How a person belongs to the organisation, whatever their part in an incident."""

    code: str
    name: str
    child: bool = False
    """Whether they are a child: shown with a child's protections, alleged to have harmed or not."""


@dataclass(frozen=True, slots=True)
class IssueType:
    """What an incident is about. An incident may have several."""

    code: str
    name: str
    group: str
    hint: str
    helpline: str
    """The label under which the helpline counts it in its reports."""
    areas: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    attachments: AttachmentRule = AttachmentRule.ALLOWED
    refer: tuple[str, ...] = ()
    """What calls for an immediate referral: prompts for a person's judgement, shown, never computed."""

    @property
    def blocks_attachments(self) -> bool:
        """Whether nothing may be attached, on any way in."""
        return self.attachments is AttachmentRule.BLOCKED


@dataclass(frozen=True, slots=True)
class Platform:
    """An app, game or service where something can happen."""

    code: str
    name: str
    family: str
    also_called: tuple[str, ...] = ()
    helpline_route: bool = False
    """Whether the helpline can take a complaint to it directly."""
    hosts: tuple[str, ...] = ()
    """Where its content stands: a host, with or without `www.`; `*.` before it means every host below it as well."""
    report_at: str = ""
    """Where it takes reports from anybody, as text: not confirmed with it, and shown as something that changes."""
    wants: tuple[str, ...] = ()
    """What it asks to be shown with a report."""
    asks: str = ""
    """How a report to it begins; `[address]`, `[issue]`, `[self_reported]` and `[reference]` are filled in."""


@dataclass(frozen=True, slots=True)
class RiskLevel:
    """How serious an incident is: a word, a shape and a sentence, never colour alone."""

    code: str
    name: str
    mark: str
    guidance: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """What to do when somebody is in danger now."""

    title: str
    call: str
    steps: tuple[str, ...]
    after: str
    not_urgent: str
    words: tuple[str, ...] = ()
    """Words and beginnings of words that say so in what somebody writes again: missing one must not cost a night."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that must be said, with where it comes from."""

    code: str
    text: str
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number by which others know the organisation, such as a school's URN."""

    code: str
    name: str
    hint: str
    pattern: str
    example: str
    problem: str
    """What to say when a value does not match the pattern."""


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who approves an act that needs two people, when there may be nobody else inside."""

    title: str
    who: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A kind of organisation. Each is read once, so that one is equal to itself alone, and can be a key."""

    kind: str
    name: str
    describes: str
    written_for: tuple[Nation, ...]
    first_roles: tuple[Role, ...]
    """The roles of the first person invited."""
    words: Mapping[str, str]
    roles: Mapping[str, RoleWording]
    question_order: tuple[str, ...]
    questions: Mapping[str, Question]
    emergency: Emergency
    notices: Mapping[str, Notice]
    areas: Mapping[str, Choice]
    risk_areas: Mapping[str, Choice]
    issue_groups: Mapping[str, str]
    issues: Mapping[str, IssueType]
    person_roles: Mapping[str, Choice]
    person_outcomes: Mapping[str, Choice]
    """How it ended for one person of an incident."""
    connections: Mapping[str, Connection]
    places: Mapping[str, Choice]
    devices: Mapping[str, Choice]
    families: Mapping[str, str]
    platforms: Mapping[str, Platform]
    first_platforms: tuple[str, ...]
    """Those that the report form offers first, unless the organisation chooses others."""
    risk_levels: Mapping[str, RiskLevel]
    moments: Mapping[str, str]
    clocks: Mapping[str, Clock]
    retention: Mapping[str, Retention]
    second_person: SecondPerson
    public_page: PublicPage = PublicPage.OPEN
    reported: Mapping[str, ReportedType] = field(default_factory=lambda: MappingProxyType({}))
    identifiers: Mapping[str, Identifier] = field(default_factory=lambda: MappingProxyType({}))
    person_flags: Mapping[str, Choice] = field(default_factory=lambda: MappingProxyType({}))
    """What whoever looks after somebody must know at once: looked after, a young carer."""
    person_identifiers: Mapping[str, Identifier] = field(default_factory=lambda: MappingProxyType({}))
    """Numbers by which others know a person, such as a UPN."""
    relations: Mapping[str, Choice] = field(default_factory=lambda: MappingProxyType({}))
    """Who a contact is to somebody."""
    nations: Mapping[str, Elsewhere] = field(default_factory=lambda: MappingProxyType({}))
    variants: Mapping[Nation, "Profile"] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def word(self, name: str) -> str:
        """What this kind of organisation calls something: `word("pupil")` is "resident" in a care provider.

        A misspelt name is a mistake of the program: KeyError.
        """
        return self.words[name]

    def title(self, name: str) -> str:
        """The same word as a heading or the beginning of a sentence."""
        word = self.words[name]
        return word[:1].upper() + word[1:]

    def ordered_questions(self) -> tuple[Question, ...]:
        """The questions of the first report, in the order in which they are asked."""
        return tuple(self.questions[code] for code in self.question_order)

    def issues_by_group(self) -> tuple[tuple[str, tuple[IssueType, ...]], ...]:
        """Issue types under the names of their groups, for a long list of checkboxes."""
        return tuple(
            (name, tuple(issue for issue in self.issues.values() if issue.group == code))
            for code, name in self.issue_groups.items()
        )

    def platforms_by_family(self) -> tuple[tuple[str, tuple[Platform, ...]], ...]:
        """Platforms under the names of their families."""
        return tuple(
            (name, tuple(platform for platform in self.platforms.values() if platform.family == code))
            for code, name in self.families.items()
        )

    def notice_for(self, nation: str) -> str:
        """What an organisation in `nation` must be told about this profile; empty where it is written for it."""
        elsewhere = self.nations.get(nation)
        return elsewhere.notice if elsewhere else ""

    def at(self, nation: str) -> "Profile":
        """This profile in the words that `nation` uses."""
        return self.variants.get(Nation(nation), self)
