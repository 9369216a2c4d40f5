"""Accounts that whoever runs the service has shut."""

from safeguard.access.actors import Actor
from tests.factories import organisations
from tests.factories.owning import owning


async def shut(person: Actor) -> None:
    """Nobody gets in with this account any more; its memberships stay."""
    async with owning(organisations.owner_url or "") as owner:
        await owner.execute("update users set disabled_at = now() where id = %s", (person.user_id,))
