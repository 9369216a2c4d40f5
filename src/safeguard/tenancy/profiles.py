"""The kinds of organisation, from `tenants/*.toml`, all checked before the service starts.

A file with `kind = "..."` is a kind; what several share stands in files that it `extends`. A mistake stops start-up,
and all of them are told at once, each with file and line.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath
from types import MappingProxyType

from safeguard import paths
from safeguard.tenancy.checking import CODED, check
from safeguard.tenancy.layering import Tree, filled, laid_over, without
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.positions import Path, lines_of
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.reading import Problems, one_of, read, schema

__all__ = ["Profile", "ProfileError", "load_profiles", "profile_of"]

OWN_KEYS = ("extends", "leave_out")


class ProfileError(Exception):
    """The files in `tenants/` cannot be used: one line for each mistake, `file:line: what is wrong`."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@cache
def load_profiles(folder: FilePath = paths.TENANTS) -> Mapping[str, Profile]:
    """Every kind of organisation by its code, or `ProfileError`."""
    files = _Files(folder)
    profiles = {profile.kind: profile for name in files.kinds() if (profile := _load(files, name))}
    if not files.mistakes and not profiles:
        files.mistakes.append(f"{folder.name}: there is no kind of organisation here.")
    if files.mistakes:
        raise ProfileError(tuple(dict.fromkeys(files.mistakes)))
    return MappingProxyType(profiles)


def profile_of(kind: str, nation: str = Nation.ENGLAND) -> Profile:
    """The profile of a kind that exists, in the words of a nation."""
    return load_profiles()[kind].at(nation)


def _load(files: "_Files", name: str) -> Profile | None:
    sources = files.sources(name)
    problems = Problems()
    tree = files.layered(sources, problems)
    profile = read(Profile, _worded(tree, {}), (), problems)
    if profile:
        check(profile, problems)
    files.note(problems, sources)
    return replace(profile, variants=_variants(profile, tree)) if profile and not problems.found else None


def _worded(tree: Tree, own: Mapping[str, str]) -> Tree:
    words = tree.get("words")
    worded = {**words, **own} if isinstance(words, dict) else {}
    return filled({**tree, "words": worded} if worded else tree, worded)


def _variants(profile: Profile, tree: Tree) -> Mapping[Nation, Profile]:
    """The profile in the words of each nation that has its own. Only the tables that such a word changes are read."""
    before, wanted, variants = _worded(tree, {}), schema(Profile), {}
    for elsewhere in profile.nations.values():
        after = _worded(tree, elsewhere.words)
        changed = {key: value for key, value in after.items() if value != before[key]}
        parts = {key: read(wanted[key], value, (key,), Problems()) for key, value in changed.items()}
        variants[elsewhere.code] = replace(profile, **parts)
    return MappingProxyType(variants)


class _Files:
    """The files of a folder, read once each, and where things stand in them when that is asked."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self.texts = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
        self.trees: dict[str, Tree] = {}
        self.mistakes: list[str] = []
        self.lines: dict[str, Mapping[Path, int]] = {}
        for name, text in self.texts.items():
            self._parse(name, text)

    def _parse(self, name: str, text: str) -> None:
        try:
            self.trees[name] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as mistake:
            sentence, _, where = str(mistake).partition(" (at ")
            line = where.removeprefix("line ").partition(",")[0] if where[:4] == "line" else str(text.count("\n") + 1)
            self.mistakes.append(f"{name}.toml:{line}: this is not TOML: {sentence[:1].lower()}{sentence[1:]}.")

    def kinds(self) -> Iterator[str]:
        """The names of the files that describe a kind."""
        for name, tree in self.trees.items():
            if "kind" in tree:
                if tree["kind"] != name:
                    self._say(name, ("kind",), f'write `kind = "{name}"`, the name of the file.')
                yield name
            elif "extends" in tree or "words" in tree:
                self._say(name, (), f'this looks like a kind of organisation: write `kind = "{name}"`.')

    def sources(self, name: str) -> list[str]:
        """The files that make up a kind, its own last."""
        wanted = self.trees[name].get("extends", [])
        if not isinstance(wanted, list):
            self._say(name, ("extends",), 'write a list of files, such as ["vocabulary"].')
            wanted = []
        for number, base in enumerate(wanted):
            if base not in self.texts:
                others = [other for other in self.texts if other != name]
                self._say(name, ("extends", number), f'there is no file "{base}.toml": write {one_of(others)}.')
        return [base for base in wanted if base in self.trees] + [name]

    def layered(self, sources: list[str], problems: Problems) -> Tree:
        """One tree of the files of a kind, in their order."""
        tree: Tree = {}
        for name in sources:
            tree = laid_over(tree, self.trees[name])
        left_out = tree.get("leave_out", {})
        self._check_left_out(left_out, tree, problems)
        return {key: value for key, value in without(tree, left_out).items() if key not in OWN_KEYS}

    def _check_left_out(self, left_out: object, tree: Tree, problems: Problems) -> None:
        if not isinstance(left_out, dict):
            problems.add(("leave_out",), 'write a table of lists, such as [leave_out] with places = ["at_home"].')
            return
        for table, codes in left_out.items():
            if table not in CODED or not isinstance(codes, list):
                problems.add(("leave_out", table), f"write a list of codes for one of {one_of(list(CODED))}.")
                continue
            for number, code in enumerate(codes):
                if code not in tree.get(table, {}):
                    problems.add(("leave_out", table, number), f'there is no "{code}" in [{table}] to leave out.')

    def note(self, problems: Problems, sources: list[str]) -> None:
        """Turn paths into places: the last of the files that says it, and the line there."""
        for path, sentence in problems.found:
            for end in range(len(path), -1, -1):
                if name := next((name for name in reversed(sources) if self._has(name, path[:end])), None):
                    self._say(name, path[:end], sentence)
                    break

    def _has(self, name: str, path: Path) -> bool:
        return not path or path in self._lines(name) or any(known[: len(path)] == path for known in self._lines(name))

    def _say(self, name: str, path: Path, sentence: str) -> None:
        lines = self._lines(name)
        line = lines.get(path) or min((at for known, at in lines.items() if known[: len(path)] == path), default=1)
        self.mistakes.append(f"{name}.toml:{line if path else 1}: {sentence}")

    def _lines(self, name: str) -> Mapping[Path, int]:
        if name not in self.lines:
            self.lines[name] = lines_of(self.texts[name])
        return self.lines[name]
