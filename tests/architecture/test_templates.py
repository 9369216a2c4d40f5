"""Every template compiles, refers to templates that are there, and stays within the content security policy."""

import re

import pytest
from jinja2 import meta

from safeguard import paths
from safeguard.web.templates import environment

PAGES = environment()
NAMES = sorted(
    str(file.relative_to(paths.TEMPLATES))
    for file in paths.TEMPLATES.rglob("*")
    if file.suffix in {".html", ".txt", ".svg"}
)
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+false")


def source(name: str) -> str:
    """A template as it was written."""
    return (paths.TEMPLATES / name).read_text()


def test_there_are_templates() -> None:
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_what_it_names_exists(name: str) -> None:
    PAGES.get_template(name)
    for other in meta.find_referenced_templates(PAGES.parse(source(name))):
        if other is not None:
            PAGES.get_template(other)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_inline_script_or_style(name: str) -> None:
    assert INLINE.findall(source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_escapes_everything(name: str) -> None:
    assert UNESCAPED.findall(source(name)) == []
