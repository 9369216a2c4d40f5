"""What must hold within a framework beyond the types: levels that run down to 1, known codes, sentences for all."""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from safeguard.standards.framework import Control, Framework
from safeguard.tenancy.positions import Path
from safeguard.tenancy.reading import Problems, one_of

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
MOST_CONTROLS = 500
MOST_MONTHS = 60
_PLACEHOLDER = re.compile(r"\{(\w*)\}?")


def check(framework: Framework, words: Collection[str], problems: Problems) -> None:
    """Note everything in one framework that cannot be meant; `words` are those that sentences may hold in braces."""
    _levels(framework, problems)
    if not 1 <= framework.months <= MOST_MONTHS:
        problems.add(("months",), f"write after how many months it is reviewed again: 1 to {MOST_MONTHS}.")
    _codes([objective.code for objective in framework.objectives], "objectives", problems)
    _codes([control.code for control in framework.controls], "controls", problems)
    if len(framework.controls) > MOST_CONTROLS:
        problems.add(
            ("controls",),
            f"{len(framework.controls):,} controls are more than anybody reviews: the most is {MOST_CONTROLS}.",
        )
    if not framework.controls:
        problems.add((), "there is no control: write [[controls]].")
    said = [("objectives", number, each.aim) for number, each in enumerate(framework.objectives)]
    said += [("levels", number, each.describes) for number, each in enumerate(framework.levels)]
    for table, number, sentence in said:
        for word in _PLACEHOLDER.findall(sentence):
            if word not in words:
                problems.add((table, number), f"`{{{word}}}` is not a word of the organisation's.")
    for number, control in enumerate(framework.controls):
        _control(framework, control, ("controls", number), frozenset(words), problems)


def check_maps(frameworks: Mapping[str, Framework], framework: Framework, problems: Problems) -> None:
    """Note mappings to what is not there, and of a framework to itself."""
    for number, control in enumerate(framework.controls):
        for other, codes in control.maps.items():
            path: Path = ("controls", number, "maps", other)
            if other == framework.code:
                problems.add(path, "a control cannot map to its own framework.")
            elif other not in frameworks:
                problems.add(path, f'there is no framework "{other}": write {one_of(sorted(frameworks))}.')
            else:
                _known_codes(frameworks[other], codes, path, problems)


def _known_codes(framework: Framework, codes: tuple[str, ...], path: Path, problems: Problems) -> None:
    for place, code in enumerate(codes):
        if framework.control(code) is None:
            problems.add((*path, place), f'"{framework.code}" has no control "{code}".')


def _levels(framework: Framework, problems: Problems) -> None:
    numbers = [level.number for level in framework.levels]
    if len(numbers) < 2 or numbers != list(range(len(numbers), 0, -1)):
        problems.add(("levels",), "write the levels from the lowest step down to number = 1, none left out.")
    if framework.benchmark not in numbers:
        problems.add(("benchmark",), f"level {framework.benchmark} is not one of [[levels]].")


def _codes(codes: list[str], table: str, problems: Problems) -> None:
    for number, code in enumerate(codes):
        if not CODE.fullmatch(code):
            problems.add((table, number, "code"), f"`{code}` cannot be a code: use letters, digits, - and _, up to 40.")
    for code, times in Counter(codes).items():
        if times > 1:
            second = [number for number, each in enumerate(codes) if each == code][1]
            problems.add((table, second, "code"), f'the code "{code}" is there {times} times: give each its own.')


def _control(framework: Framework, control: Control, path: Path, words: frozenset[str], problems: Problems) -> None:
    wanted = len(framework.levels)
    if control.objective not in {objective.code for objective in framework.objectives}:
        known = [objective.code for objective in framework.objectives]
        problems.add((*path, "objective"), f'there is no objective "{control.objective}": write {one_of(known)}.')
    if len(control.levels) != wanted:
        problems.add(
            (*path, "levels"), f"{control.code} has {len(control.levels)} sentences, and there are {wanted} levels."
        )
    if control.next and len(control.next) != wanted - 1:
        problems.add(
            (*path, "next"), f"{control.code} has {len(control.next)} next steps: write {wanted - 1}, or none."
        )
    for sentence in (control.name, control.first, *control.covers, *control.levels, *control.next, *control.evidence):
        for word in _PLACEHOLDER.findall(sentence):
            if word not in words:
                problems.add(path, f"`{{{word}}}` in {control.code} is not a word of the organisation's.")
