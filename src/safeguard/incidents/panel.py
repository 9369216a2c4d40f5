"""“Add to the record” on the page of an incident, as a pattern: the same for everybody until somebody types in it.

It was a sixth of what rendering that page cost. What differs is filled in: the incident, the form's token, and the id
under which a draft of it would be kept. A form that somebody opened again, or began with another kind of entry, is
rendered as any other.
"""

from typing import Any, Final

from litestar import Request
from markupsafe import Markup

from safeguard import clock
from safeguard.incidents.follow_up_forms import blank_entry
from safeguard.incidents.story import Story
from safeguard.web import exchange
from safeguard.web.pages import csrf_token, environment_of
from safeguard.web.patterns import frame_of, mark

TEMPLATE: Final = "incidents/_add.html"
HOLES: Final = ("csrf_token", "incident_id", "draft_id")
OWN: Final[dict[str, Any]] = {
    "incident": {"id": mark("incident_id")},
    "fresh_id": lambda: mark("draft_id"),
    "draft": None,
    "here": True,
}


def adding(request: Request[Any, Any, Any], story: Story) -> Markup | None:
    """The panel, on the incident's own page; None where it has to be rendered, or is not shown."""
    served = exchange.current()
    if served.draft or story.facts.state == "closed":
        return None
    frame = frame_of(environment_of(request), TEMPLATE, {}, OWN | {"entry": blank_entry()}, HOLES, TEMPLATE)
    ids = {"incident_id": story.facts.id, "draft_id": clock.new_request_id()}
    return frame.filled(ids | {"csrf_token": csrf_token(served)})
