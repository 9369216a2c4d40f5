"""What the server says of a form that it refuses reaches the reader with script too: such an answer is swapped in."""

import json
import re

import pytest

from safeguard import paths

CONFIG = re.compile(r"name=\"htmx-config\" content='([^']+)'")


def swaps(status: int) -> bool:
    """What htmx does with an answer of this status: the first rule that fits."""
    found = CONFIG.search((paths.TEMPLATES / "layouts" / "base.html").read_text())
    assert found
    rules = json.loads(found[1])["responseHandling"]
    return next(rule["swap"] for rule in rules if re.search(rule["code"], str(status)))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 409, 410, 413, 422])
def test_an_answer_with_words_for_the_reader_is_shown(status: int) -> None:
    assert swaps(status)


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_what_has_no_words_of_ours_is_said_by_the_page_itself(status: int) -> None:
    assert not swaps(status)
