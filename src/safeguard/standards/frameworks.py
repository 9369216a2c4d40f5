"""The frameworks of `tenants/frameworks/*.toml`, checked before the service starts, in an organisation's own words."""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Final, cast

from safeguard import paths
from safeguard.standards.checking import check, check_maps
from safeguard.standards.framework import Framework
from safeguard.tenancy.checking import NEEDED
from safeguard.tenancy.layering import filled
from safeguard.tenancy.positions import Path, lines_of
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.reading import Problems, read

FOLDER: Final = paths.TENANTS / "frameworks"
SENTENCES: Final = ("name", "first", "covers", "levels", "next", "evidence")
BUILT_IN: Final = "pies"
"""The framework that every organisation starts with."""


class FrameworkError(Exception):
    """The files cannot be used: one line for each mistake, `file:line: what is wrong`."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@cache
def load_frameworks(folder: FilePath = FOLDER) -> Mapping[str, Framework]:
    """Every framework by its code, with `{words}` still to be filled; raises `FrameworkError`."""
    texts = {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.toml"))}
    found: dict[str, Framework] = {}
    mistakes: list[str] = []
    for name, text in texts.items():
        framework, wrong = parse(name, text)
        mistakes += wrong
        if framework:
            found[framework.code] = framework
    for framework in found.values():
        problems = Problems()
        check_maps(found, framework, problems)
        mistakes += placed(framework.code, texts.get(framework.code, ""), problems)
    if mistakes:
        raise FrameworkError(tuple(mistakes))
    return MappingProxyType(found)


def parse(name: str, text: str) -> tuple[Framework | None, tuple[str, ...]]:
    """One framework from the text of its file, and what is wrong with it, a line for each mistake."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as mistake:
        return None, (f"{name}.toml: this is not TOML: {mistake}.",)
    problems = Problems()
    framework = read(Framework, tree, (), problems)
    if framework:
        check(framework, NEEDED["words"], problems)
        if framework.code != name:
            problems.add(("code",), f'write `code = "{name}"`, the name of the file.')
    return framework, tuple(placed(name, text, problems))


def offered(profile: Profile) -> tuple[Framework, ...]:
    """The frameworks for this kind of organisation in its words, the built-in one first."""
    suited = [framework for framework in load_frameworks().values() if profile.kind in framework.kinds]
    ordered = sorted(suited, key=lambda framework: (framework.code != BUILT_IN, bool(framework.dated), framework.name))
    return tuple(in_words(framework, profile) for framework in ordered)


def framework_of(code: str, profile: Profile) -> Framework | None:
    """The framework of that code in the organisation's words."""
    framework = load_frameworks().get(code)
    return in_words(framework, profile) if framework else None


def in_words(framework: Framework, profile: Profile) -> Framework:
    """Every sentence with the organisation's own words put in, and a capital where a sentence begins."""
    return _worded(framework, profile.kind, tuple(profile.words.items()))


@cache
def _worded(framework_: Framework, kind: str, words: tuple[tuple[str, str], ...]) -> Framework:
    own = dict(words)
    controls = tuple(
        dataclasses.replace(control, **in_sentences(control, SENTENCES, own)) for control in framework_.controls
    )
    objectives = tuple(dataclasses.replace(each, **in_sentences(each, ("aim",), own)) for each in framework_.objectives)
    levels = tuple(dataclasses.replace(each, **in_sentences(each, ("describes",), own)) for each in framework_.levels)
    return dataclasses.replace(framework_, controls=controls, objectives=objectives, levels=levels)


def in_sentences(value: object, names: Iterable[str], words: Mapping[str, str]) -> dict[str, Any]:
    """Fields of `value` with `{words}` put in, and a capital where a sentence begins."""
    return {name: _begun(getattr(value, name), words) for name in names}


def _begun(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_begun(each, words) for each in cast("tuple[str, ...]", value))
    sentence = cast("str", filled(value, words))
    return sentence[:1].upper() + sentence[1:]


def placed(name: str, text: str, problems: Problems) -> list[str]:
    """`file:line: sentence`, at the nearest line that says it."""
    if not problems.found:
        return []
    lines = lines_of(text)
    return [f"{name}.toml:{line_in(lines, path)}: {sentence}" for path, sentence in problems.found]


def line_in(lines: Mapping[Path, int], path: Path) -> int:
    """The nearest line that says what stands at `path`."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
        inside = [at for known, at in lines.items() if known[:end] == path[:end]]
        if inside:
            return min(inside)
    return 1
