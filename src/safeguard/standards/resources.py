"""What helps: guidance and services from `tenants/resources.toml`, in an organisation's own words."""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as FilePath

from safeguard import paths
from safeguard.standards.checking import MOST_CONTROLS
from safeguard.standards.frameworks import BUILT_IN, FrameworkError, in_sentences, load_frameworks, placed
from safeguard.tenancy.checking import NEEDED
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.reading import Problems, read

MARKS = "?!.,;:'\"()“”‘’"
"""What stands around a word and is not part of it."""
QUESTION = "question"
FILE = paths.TENANTS / "resources.toml"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that helps: what to do, or where to turn."""

    code: str
    title: str
    kind: str
    """`guidance` or `service`; of an organisation's own also `question`, whose title asks and whose summary answers."""
    summary: str
    steps: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """As text: what lies behind them is somebody else's."""

    @property
    def own(self) -> bool:
        """Whether the organisation added it itself."""
        return False


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that is often asked."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """One that is often asked, with its answer: the service's, or the organisation's own."""

    question: str
    answer: str
    own: Resource | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Words for one thing: whoever asks by one of them means the others too."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Everything on the page."""

    resources: tuple[Resource, ...]
    faq: tuple[Answer, ...] = ()
    alike: tuple[Alike, ...] = ()
    called: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """What an issue, a theme and a control is called of which resources name the code."""

    def naming(self, called: Mapping[tuple[str, str], str], alike: tuple[Alike, ...]) -> "Library":
        """This with the names of the codes that its resources name, in which a search looks too, and more words."""
        return dataclasses.replace(self, called=called, alike=self.alike + alike)

    def with_own(self, own: tuple[Resource, ...]) -> "Library":
        """This with what an organisation added: its own come first, because they say how it is done there."""
        return dataclasses.replace(self, resources=own + self.resources)

    def found(self, text: str) -> tuple[Resource, ...]:
        """Those that hold every word of `text`, or another word for it; all of them where nothing is asked.

        Questions are found by `answered`.
        """
        asked = self._asked(text)
        return tuple(each for each in self.resources if each.kind != QUESTION and _holds(self._text(each), asked))

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, the organisation's own first."""
        own = (Question(each.title, each.summary, each) for each in self.resources if each.kind == QUESTION)
        return (*own, *(Question(each.question, each.answer) for each in self.faq))

    def answered(self, text: str) -> tuple[Question, ...]:
        """The questions that hold every word of `text`, asked or answered; all of them where nothing is asked."""
        asked = self._asked(text)
        return tuple(each for each in self.questions if _holds(self._asking(each), asked))

    def _asking(self, each: Question) -> str:
        return self._text(each.own) if each.own else f"{each.question} {each.answer}".casefold()

    def _text(self, each: Resource) -> str:
        """Everything in which a search looks."""
        named = {"issue": each.issues, "risk_area": each.risk_areas, "control": each.controls}
        keys = ((what, code) for what, codes in named.items() for code in codes)
        names = (self.called[key] for key in keys if key in self.called)
        said = (each.title, each.summary, *each.steps, *each.links, *each.issues, *each.risk_areas, *names)
        return " ".join(said).casefold()

    def _asked(self, text: str) -> list[tuple[str, ...]]:
        """Each word that was asked for, with the others that mean the same."""
        words = " ".join(word for each in text.casefold().split() if (word := each.strip(MARKS)))
        phrases = [word for group in self.alike for word in group.words if " " in word and word in words]
        for phrase in phrases:
            words = words.replace(phrase, " ")
        return [
            (word, *(other for group in self.alike if word in group.words for other in group.words))
            for word in (*phrases, *words.split())
        ]

    def of_control(self, code: str) -> tuple[Resource, ...]:
        """What helps with a control."""
        return tuple(each for each in self.resources if code in each.controls)

    def of_incident(self, issues: Iterable[str], risk_areas: Iterable[str]) -> tuple[Resource, ...]:
        """What helps with an incident of these kinds: what its issues name first."""
        asked, areas = set(issues), set(risk_areas)
        by_issue = [each for each in self.resources if asked & set(each.issues)]
        by_area = [each for each in self.resources if areas & set(each.risk_areas) and each not in by_issue]
        return tuple(by_issue + by_area)


@cache
def load_library(file: FilePath = FILE) -> Library:
    """The library with `{words}` still to be filled; raises `FrameworkError` with file and line of each mistake."""
    text = file.read_text("utf-8")
    problems = Problems()
    library = read(Library, tomllib.loads(text), (), problems)
    if library:
        _check(library, problems)
    if problems.found or library is None:
        raise FrameworkError(tuple(placed(file.stem, text, problems)))
    return library


def library_of(profile: Profile) -> Library:
    """The library in the organisation's own words."""
    return _worded(profile.kind, tuple(profile.words.items()))


@cache
def _worded(kind: str, words: tuple[tuple[str, str], ...]) -> Library:
    library, own = load_library(), dict(words)
    return Library(
        tuple(
            dataclasses.replace(each, **in_sentences(each, ("title", "summary", "steps"), own))
            for each in library.resources
        ),
        tuple(dataclasses.replace(each, **in_sentences(each, ("question", "answer"), own)) for each in library.faq),
        library.alike,
    )


def _check(library: Library, problems: Problems) -> None:
    controls = {control.code for control in load_frameworks()[BUILT_IN].controls}
    seen: set[str] = set()
    for number, each in enumerate(library.resources[:MOST_CONTROLS]):
        if each.code in seen:
            problems.add(("resources", number, "code"), f'the code "{each.code}" is there twice.')
        seen.add(each.code)
        if each.kind not in {"guidance", "service"}:
            problems.add(("resources", number, "kind"), 'write "guidance" or "service".')
        for place, code in enumerate(each.controls):
            if code not in controls:
                problems.add(("resources", number, "controls", place), f'there is no control "{code}".')
        for word in _placeholders(each):
            if word not in NEEDED["words"]:
                problems.add(("resources", number), f"`{{{word}}}` is not a word of the organisation's.")


def _placeholders(each: Resource) -> Iterable[str]:
    for sentence in (each.title, each.summary, *each.steps):
        yield from (part.partition("}")[0] for part in sentence.split("{")[1:])


def _holds(text: str, asked: Iterable[tuple[str, ...]]) -> bool:
    return all(any(word in text for word in words) for words in asked)
