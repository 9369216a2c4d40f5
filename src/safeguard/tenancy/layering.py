"""A kind's own file laid over the files that it extends."""

from collections.abc import Mapping
from typing import Any, cast

Tree = dict[str, Any]


def laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """`over` on top of `base`: tables are merged key by key, everything else is replaced, new keys come last."""
    merged: Tree = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = laid_over(cast("Tree", below), cast("Tree", value))
        else:
            merged[key] = value
    return merged


def without(tree: Tree, left_out: Mapping[str, Any]) -> Tree:
    """`tree` less the codes that each table of `left_out` names."""
    thinner = dict(tree)
    for table, codes in left_out.items():
        if isinstance(thinner.get(table), dict) and isinstance(codes, list):
            thinner[table] = {code: value for code, value in thinner[table].items() if code not in codes}
    return thinner


def filled(value: Any, words: Mapping[str, Any]) -> Any:
    """Every sentence in `value` with its `{words}` put in; a word that is not there stays as it was written."""
    match value:
        case str() if "{" in value:
            for name, word in words.items():
                value = value.replace(f"{{{name}}}", str(word))
            return value
        case dict():
            return {key: filled(each, words) for key, each in value.items()}
        case list():
            return [filled(each, words) for each in value]
        case _:
            return value
