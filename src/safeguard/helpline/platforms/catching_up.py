"""Addresses listed before anybody knew their hosts get their platform, a batch at a time, as often as one likes.

`hosts` of `tenants/platforms.toml` grows. What somebody at the desk said of an address stays, also that it is of no
platform: every change of an address is either a step or a word about its platform, so an address whose version is one
more than its steps is one of which nobody has said anything.
"""

from typing import Final

from safeguard.helpline.platforms.recognising import platform_of
from safeguard.helpline.queries import get_url
from safeguard.helpline.takedown import place_on
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

BATCH: Final = 500
"""How many in one transaction."""
_UNSAID: Final = """
u.organisation_id = (select sec.current_organisation()) and u.platform = ''
    and u.version = 1 + (select count(*) from public.helpline_url_steps s
                         where s.organisation_id = u.organisation_id and s.url_id = u.id)
"""
HOSTS: Final = f"select distinct u.host from public.helpline_urls u where {_UNSAID}"  # noqa: S608  our own constants
OF_HOSTS: Final = f"""
select u.id from public.helpline_urls u where {_UNSAID} and u.host = any ($1::text[]) order by u.id limit $2
"""  # noqa: S608  our own constants


async def place_known(work: Work) -> int:
    """Say of which platform up to `BATCH` addresses are; how many that were, fewer when none is left."""
    profile = profile_of("helpline")
    hosts = [row["host"] for row in await work.driver.fetch(HOSTS)]
    known = [host for host in hosts if platform_of(profile, host)]
    rows = await work.driver.fetch(OF_HOSTS, known, BATCH) if known else []
    for row in rows:
        url = await get_url(work, row["id"])
        await place_on(work, url, platform_of(profile, url.host), url.version)
    return len(rows)
