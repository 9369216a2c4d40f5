"""The position index must agree with the real reader about what a file says."""

import tomllib
from typing import Any

import pytest

from safeguard import paths
from safeguard.tenancy.positions import Path, lines_of

TRICKY = '''# a comment with [brackets] and = signs
top = "a # in a string"
"quoted key" = 'literal \\ with # and "quotes"'
dotted.key . inner = 1_000

[table]   # why not
text = """
[not a table]
nor = "a key"
escaped \\""" still inside
"""
list = [
  "one", # [two]
  [ 2, [3] ],
  { a = 1, b.c = "}" },
]
when = 1979-05-27 07:32:00
empty = []
nothing = {}

[[rows]]
name = "first"
[rows.sub]
x = true
[[rows]]
name = \'\'\'
it's "fine"\'\'\'
[[rows.inner]]
y = 1.5
'''


def paths_in(value: Any, path: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        inner = [paths_in(each, (*path, key)) for key, each in value.items()]
    elif isinstance(value, list):
        inner = [paths_in(each, (*path, number)) for number, each in enumerate(value)]
    else:
        return {path}
    return set().union(*inner)


def test_every_value_of_a_tricky_file_has_a_line():
    assert paths_in(tomllib.loads(TRICKY)) <= lines_of(TRICKY).keys()


@pytest.mark.parametrize("path", sorted(paths.TENANTS.glob("*.toml")), ids=lambda path: path.name)
def test_every_value_of_our_own_files_has_a_line(path):
    text = path.read_text("utf-8")
    assert paths_in(tomllib.loads(text)) <= lines_of(text).keys()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2), (("dotted", "key", "inner"), 4), (("table",), 6), (("table", "list"), 12),
        (("table", "list", 1, 1, 0), 14), (("table", "list", 2, "b", "c"), 15), (("table", "when"), 17),
        (("rows", 0, "sub", "x"), 24), (("rows", 1, "name"), 26), (("rows", 1, "inner", 0, "y"), 29),
    ],
)  # fmt: skip
def test_the_line_is_where_the_key_begins(path, line):
    assert lines_of(TRICKY)[path] == line
