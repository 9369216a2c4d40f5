"""A whole batch of entries of the log in one statement: thousands of statements would take minutes."""

from datetime import datetime
from typing import Any

from safeguard.work import APPEND_AT

APPEND_ALL = """
select audit.append_at(u.at, u.unit::jsonb)
from unnest($1::text[], $2::timestamptz[]) with ordinality u(unit, at, place) order by u.place
"""


class Later:
    """A driver that keeps back what is for the log until `append`, which sends a whole batch in one statement.

    Nothing within a batch reads the log, and the order of the entries is that of the steps.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._units: list[tuple[str, datetime]] = []
        self.fetch, self.fetchrow, self.fetchval = driver.fetch, driver.fetchrow, driver.fetchval

    async def execute(self, statement: str, *values: Any) -> str:
        """Run a statement, or keep it back when it is for the log."""
        if statement != APPEND_AT:
            return await self._driver.execute(statement, *values)
        unit, at = values
        self._units.append((unit, at))
        return "SELECT 1"

    async def append(self) -> None:
        """Append everything kept back, in its order."""
        units, moments = [unit for unit, _ in self._units], [at for _, at in self._units]
        await self._driver.execute(APPEND_ALL, units, moments)
        self._units.clear()
