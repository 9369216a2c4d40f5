"""The doorbell: tells the broker that a job is waiting. The job row is the truth; a lost ring costs one poll.

A process that works with jobs answers the bell by `answer_with`; until then rings are dropped, and the reconciler
rings again for whatever waits.
"""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

Ringer: TypeAlias = Callable[[UUID, str], None]


def _nobody(_job_id: UUID, _kind: str) -> None:
    """No broker in this process: the reconciler will ring."""


_ringer: Ringer = _nobody


def answer_with(ringer: Ringer | None) -> None:
    """Let `ringer(job id, kind)` tell the broker; None silences the bell. It must return at once and never raise."""
    global _ringer  # noqa: PLW0603  one bell per process is the point
    _ringer = ringer or _nobody


def ring(job_id: UUID, kind: str) -> None:
    """Say that a job was committed."""
    _ringer(job_id, kind)
