"""Words that people type turn nothing round: not their own reading, and not what stands beside them."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.attachments.sending import disposition
from safeguard.web import plain
from safeguard.web.directions import CONTROLS, neutral, neutral_page
from safeguard.web.patterns import Pattern, mark
from safeguard.web.templates import environment

ENVIRONMENT = environment()
TURNED = "Sam \u202eecilA"
SHOWN = "Sam [U+202E]ecilA"
PASTED = "\u202a+44 7700 900123\u202c"
"""A telephone number as some programs copy it."""
ARABIC = "\u0645\u0631\u062d\u0628\u0627\u200f!"


def rendered(source: str, **given: object) -> str:
    return ENVIRONMENT.from_string(source).render(**given)


def test_a_name_that_reads_as_another_shows_what_it_is_and_pasted_numbers_stay_readable() -> None:
    assert neutral(TURNED) == SHOWN
    assert neutral(PASTED) == "+44 7700 900123"
    assert neutral(ARABIC) == ARABIC


def test_a_page_shows_it_neutral_in_text_in_attributes_and_inside_sentences() -> None:
    source = '<td title="{{ name }}">{{ name }}</td>{{ _("by %(name)s", name=name) }}<b>{{ ("a " ~ name) }}</b>'
    assert rendered(source, name=TURNED).count(SHOWN) == 4


def test_fields_that_go_back_to_the_server_keep_what_was_typed() -> None:
    source = """{% from "components/forms.html" import text, textarea %}
        {{ text("a", "A", typed) }}{{ textarea("b", "B", typed) }}<input type="hidden" name="c" value="{{ typed }}">
        <p>{{ typed }}</p>"""
    page = rendered(source, typed=TURNED + ' value="\u202e')
    assert page.count(TURNED) == 3
    assert page.count(SHOWN) == 1
    assert re.sub(r'<textarea.*?</textarea>|value="[^"]*"', "", page, flags=re.DOTALL).count("\u202e") == 0


def test_pages_that_are_only_filled_in_and_the_plain_one_show_it_neutral_too() -> None:
    pattern = Pattern.of(f"<li>{mark('name')}</li>", ("name",))
    assert pattern.filled({"name": TURNED}) == f"<li>{SHOWN}</li>"
    kept = SimpleNamespace(typed=(("narrative", TURNED),))
    page = plain.page(title="No", detail=TURNED, kept=kept)
    assert f'<p id="refusal">{SHOWN}</p>' in page
    assert f"\n{TURNED}</textarea>" in page


def test_a_files_name_does_not_hide_its_ending() -> None:
    name = disposition("holiday\u202egpj.exe")
    assert "%E2%80%AE" not in name
    assert "%5BU%2B202E%5Dgpj.exe" in name


@given(st.text(st.sampled_from([*CONTROLS, "a", "\u05d0", '"', "<", ">", "&", "="]), max_size=30))
def test_whatever_is_typed_no_such_character_is_left_outside_a_field(typed: str) -> None:
    page = rendered("<p>{{ typed }}</p><input value=\"{{ typed }}\"><p title='{{ typed }}'>", typed=typed)
    outside = re.sub(r'value="[^"]*"', "", page)
    assert not set(outside) & set(CONTROLS)
    assert neutral_page(page) == page


@pytest.mark.parametrize("control", CONTROLS)
def test_every_character_that_embeds_overrides_or_isolates_is_known(control: str) -> None:
    assert neutral(f"a{control}b") in ("ab", f"a[U+{ord(control):04X}]b")
