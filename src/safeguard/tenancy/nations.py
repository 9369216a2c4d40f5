"""The nations of the United Kingdom, and what a profile says where it is not written for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Nation(StrEnum):
    """A nation of the United Kingdom: law, bank holidays and guidance differ."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"

    @property
    def label(self) -> str:
        """As people write it."""
        return self.value.replace("_", " ").title()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What an organisation in a nation that the profile is not written for is told, and the words it uses."""

    code: Nation
    notice: str
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
