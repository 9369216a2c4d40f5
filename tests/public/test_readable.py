"""A child of nine can read what the public page says, its receipt, its conversation and its refusals: in English.

The Welsh is not measured: no formula for it is known to us.
"""

import ast
from pathlib import Path
from typing import Final

import pytest

from safeguard import paths, public_reports
from safeguard.public_reports.adding import FULL
from safeguard.web.templates import environment
from tests.public.readable import grade, sentences, syllables, words

NINE: Final = 4.0
"""The grade that is read at nine years of age."""
HARDEST: Final = 7.5
"""One sentence of a page may be harder than the page: a name such as Report Remove has its syllables."""
FEW: Final = 6
"""Words of a sentence that is easy whatever its words: the formula means little there."""
LONGEST: Final = 18
"""Words of a sentence."""
PAGES: Final = ("_page", "_help", "_when", "start", "write", "sent", "back", "talk", "refused")
REFUSING: Final = ("sent.py", "telling.py", "replying.py", "routes.py")


def said_by(page: str) -> list[str]:
    """Every sentence of a page's template, whichever of them a visit shows."""
    source = (paths.TEMPLATES / "public" / f"{page}.html").read_text()
    found = [message for _, _, message in environment().extract_translations(source)]
    return sentences(sorted({message[0] if isinstance(message, tuple) else message for message in found}))


def refusals() -> list[str]:
    """Every sentence with which a visitor's own form is refused."""
    folder = Path(str(public_reports.__file__)).parent
    calls = [node for name in REFUSING for node in ast.walk(ast.parse((folder / name).read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("FieldError", "Conflict")]  # fmt: skip
    said = [text_of(said) for call in calls for said in call.args]
    return sentences([FULL, *(text for text in said if " " in text)])


def text_of(node: ast.expr) -> str:
    """What is written there, its numbers left out."""
    return "".join(str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant))


@pytest.mark.parametrize("page", [*PAGES, "refusals"])
def test_a_child_of_nine_can_read_it(page: str):
    said = refusals() if page == "refusals" else said_by(page)
    assert len(said) > 5
    assert grade(said) <= NINE
    assert [one for one in said if len(words(one)) > LONGEST] == []
    assert [one for one in said if len(words(one)) > FEW and grade([one]) > HARDEST] == []


def test_the_measure_tells_easy_from_hard():
    easy = sentences(["We read it. Tell us more if you can."])
    hard = sentences(["Safeguarding professionals will subsequently determine appropriate multi-agency interventions."])
    assert grade(easy) < 1 < NINE < 15 < grade(hard)
    assert [syllables(word) for word in ("made", "people", "police", "wanted", "picture", "messages", "a")] == [
        1, 2, 2, 2, 2, 3, 1,
    ]  # fmt: skip
