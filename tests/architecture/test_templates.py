"""Every template compiles, refers to templates that are there, and stays within the content security policy."""

import re

from jinja2 import TemplateError, meta

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


def test_every_template_compiles_and_what_it_names_exists() -> None:
    missing: dict[str, str] = {}
    for name in NAMES:
        try:
            PAGES.get_template(name)
            for other in meta.find_referenced_templates(PAGES.parse(source(name))):
                if other is not None:
                    PAGES.get_template(other)
        except TemplateError as problem:
            missing[name] = repr(problem)
    assert missing == {}


def test_no_template_has_an_inline_script_or_style() -> None:
    assert {name: found for name in NAMES if (found := INLINE.findall(source(name)))} == {}


def test_every_template_escapes_everything() -> None:
    assert {name: found for name in NAMES if (found := UNESCAPED.findall(source(name)))} == {}
