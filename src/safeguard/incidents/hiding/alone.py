"""Left alone with it: what one person kept from everybody else who would handle it is heard of above them.

Keeping somebody from a record takes effect at once and by one person: to wait for a second would leave a suspect
reading meanwhile, and where every other lead may be the one who is meant there is no second here to ask. But whoever
keeps all others from it, with a reason of their own or with none, would from then on be the only one who ever sees it,
and that it happened is in a log which is hidden from all whom they kept out. So afterwards a word goes to whoever
stands above and is not kept from it: to those who keep the vault, else to the person outside whom the organisation
named. It holds no reference, no name and no reason. The head looks in the vault where the record excludes somebody,
and through the glass, which takes another two, where it is kept to a few. To let anybody in again takes two as ever.

Whom it excludes hears nothing: the head neither, where they are kept from it as well. Somebody who is meant and whom
nothing keeps from it yet cannot be told apart, so the pages say beforehand who will hear, and the word waits a while:
it looks at what stands then, for one who keeps several people out does so one after another. Nothing in the work of
whoever acts depends on who else may know of it; only the job asks, with the system's eyes.

(The road not taken: the last exclusion as a proposal. It is the one that must not wait, and whoever decides it would
have to be told of the record first.)
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.work import Work

INCIDENT: Final = "notice.incident_kept_to_one"
CONCERN: Final = "notice.concern_kept_to_one"
SETTLED: Final = timedelta(minutes=15)
"""After so long whoever narrows it step by step is done."""


def heed_incident(work: Work, incident_id: UUID) -> None:
    """Somebody is kept from an incident by what one person did: have it looked at who is left."""
    work.ask(INCIDENT, incident_id, run_at=work.now() + SETTLED)


def heed_concern(work: Work, concern_id: UUID) -> None:
    """The same of a concern about staff."""
    work.ask(CONCERN, concern_id, run_at=work.now() + SETTLED)
