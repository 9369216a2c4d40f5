"""What the pages below need of drafts: find the one that a form is opened with, and end the one that was sent."""

from uuid import UUID

from safeguard.drafts import keeping
from safeguard.web.exchange import Draft
from safeguard.work import Work


class KeptDrafts:
    """The drafts of this service (`safeguard.web.surroundings.Drafts`)."""

    async def find(self, work: Work, draft_id: UUID, path: str) -> Draft | None:
        """One's own draft of the form at `path`; None for any other."""
        draft = await keeping.find(work, draft_id)
        if draft is None or draft.place != path:
            return None
        return Draft(str(draft.id), draft.version, draft.saved_at, draft.fields)

    async def drop(self, work: Work, draft_id: UUID) -> None:
        """What was drafted is sent; that there was no draft is no matter."""
        if work.actor.user_id is not None:
            await keeping.drop(work, draft_id)
