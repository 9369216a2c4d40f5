"""The points of a radar: outward is better, one spoke for each objective or control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

CENTRE: Final = (180.0, 150.0)
RADIUS: Final = 105.0


@dataclass(frozen=True, slots=True)
class Radar:
    """Polygons as an SVG writes them."""

    spokes: tuple[tuple[float, float, float, float, str, str], ...]
    rings: tuple[str, ...]
    benchmark: str
    own: str
    before: str


def draw(
    labels: Mapping[str, str], own: Mapping[str, float], before: Mapping[str, float], most: int, benchmark: int
) -> Radar | None:
    """A radar of at least three spokes; None for fewer, which would be a line."""
    codes = [code for code in labels if code in own]
    if len(codes) < 3:
        return None
    spokes = tuple(_spoke(place, len(codes), labels[code]) for place, code in enumerate(codes))
    rings = tuple(_polygon([number] * len(codes), most) for number in range(most, 0, -1))
    earlier = [before[code] for code in codes if code in before]
    return Radar(
        spokes, rings, _polygon([benchmark] * len(codes), most), _polygon([own[code] for code in codes], most),
        _polygon(earlier, most) if len(earlier) == len(codes) else "",
    )  # fmt: skip


def _spoke(place: int, of: int, label: str) -> tuple[float, float, float, float, str, str]:
    x, y = _at(place, of, RADIUS)
    label_x, label_y = _at(place, of, RADIUS + 12)
    anchor = "middle" if abs(x - CENTRE[0]) < 5 else "start" if x > CENTRE[0] else "end"
    return x, y, label_x, label_y + 4, anchor, label


def _polygon(levels: Sequence[float], most: int) -> str:
    points = (_at(place, len(levels), RADIUS * (most + 1 - level) / most) for place, level in enumerate(levels))
    return " ".join(f"{x},{y}" for x, y in points)


def _at(place: int, of: int, distance: float) -> tuple[float, float]:
    angle = 2 * pi * place / of - pi / 2
    return round(CENTRE[0] + cos(angle) * distance, 1), round(CENTRE[1] + sin(angle) * distance, 1)
