"""Somebody without an account fills in the public page and sends it."""

import re

CODE = re.compile(r'id="code">([^<]+)<')

WORDS = "Somebody in year 9 sends me horrible messages."


async def write(browser, path, **fields):
    """What the service answers to these words; whoever is not asked about an adult says nothing of who is in charge."""
    page = (await browser.get(path)).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    assert opened
    asked = {} if path.endswith(("/b", "/b?lang=cy")) else {"in_charge": "no"}
    return await browser.send(path, {"opened": opened[1], **asked, **fields})


async def code_from(browser, path, **fields):
    """The code that whoever wrote was given."""
    answer = await write(browser, path, **fields)
    assert answer.status_code == 200, answer.text
    found = CODE.search(answer.text)
    assert found
    return found[1]
