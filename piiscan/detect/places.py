"""How exactly a written place is a place: the statute's circle of 1,850 feet, asked of a pair of coordinates.

Precise geolocation locates a consumer within an area equal to or less than the area of a circle with a radius of 1,850
feet (Civ. Code 1798.140(w)): 563.88 m, so 0.9989 square kilometres. A pair of coordinates written to so many places
locates within the cell of all that would be rounded to it: as high as the last place of the latitude, as wide as that
of the longitude times the cosine of the latitude. One degree of latitude is 111.195 km (a sphere of 6,371 km).

    three decimals   0.111 x 0.111 km   = 0.012 sq km at the equator: precise everywhere
    two decimals     1.112 x 1.112 km   = 1.236 sq km at the equator: precise from 36.1 degrees north or south
    one decimal      11.12 x 11.12 km   = 124 sq km: never precise below 89 degrees
    minutes          1.853 x 1.853 km   = 3.43 sq km at the equator, precise only near the poles; seconds: 0.001 sq km
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

RADIUS_KM: Final = 1850 * 0.3048 / 1000
"""The statute's radius."""
_AREA: Final = math.pi * RADIUS_KM**2
_DEGREE_KM: Final = math.pi * 6371 / 180
_FARTHEST_NORTH: Final = 90
_FARTHEST_EAST: Final = 180
_DEGREES: Final = r"(?P<sign>[+\u2212-]?)(?P<deg>\d{1,3}(?:\.\d+)?)"
_PARTS: Final = (
    r"(?:\s*(?:[°\u00ba:d*]|deg)\s*(?P<min>[0-5]?\d(?:\.\d+)?)\s*['\u2019\u2032m:]?"
    r"(?:\s*(?P<sec>[0-5]?\d(?:\.\d+)?)\s*(?:[\"\u201d\u2033s]|''|\u2032\u2032)?)?)?"
)
_ANGLE: Final = re.compile(
    rf"(?P<before>[NSEW])?\s*{_DEGREES}{_PARTS}(?(before)|\s*°?\s*(?P<after>[NSEW](?![a-z]))?)", re.IGNORECASE
)
"""One angle: signed degrees, or degrees, minutes and seconds, with the quarter of the sky before or after it."""


@dataclass(frozen=True, slots=True)
class Angle:
    """A latitude or a longitude as written: its value and the step of its last place, both in degrees."""

    degrees: float
    step: float
    quarter: str = ""
    """``N``, ``S``, ``E`` or ``W`` where it is written."""


def angles_of(text: str) -> list[Angle]:
    """The angles written in a text, in order."""
    return [_angle(match) for match in _ANGLE.finditer(text)]


def _angle(match: re.Match[str]) -> Angle:
    value, step = 0.0, 1.0
    for group, unit in (("deg", 1), ("min", 60), ("sec", 3600)):
        figure = match[group]
        if figure is not None:
            value += float(figure) / unit
            step = 10.0 ** -len(figure.partition(".")[2]) / unit
    quarter = (match["before"] or match["after"] or "").upper()
    return Angle(-value if match["sign"] in ("-", "\u2212") or quarter in ("S", "W") else value, step, quarter)


def cell_km2(latitude: Angle, longitude: Angle) -> float:
    """The area, in square kilometres, of all places that would be written as this one."""
    height = latitude.step * _DEGREE_KM
    return height * longitude.step * _DEGREE_KM * math.cos(math.radians(latitude.degrees))


def _point(text: str, *, east_first: bool = False) -> tuple[Angle, Angle] | None:
    """Latitude and longitude of a text with two angles; None if they are none or lie off Africa, around 0, 0."""
    found = angles_of(text)
    if len(found) < 2:  # noqa: PLR2004 - a place has two angles
        return None
    first, second = found[:2]
    if east_first or (first.quarter in ("E", "W") and second.quarter in ("N", "S")):
        first, second = second, first
    if abs(first.degrees) > _FARTHEST_NORTH or abs(second.degrees) > _FARTHEST_EAST:
        return None
    if abs(first.degrees) < 1 and abs(second.degrees) < 1:
        return None  # only sea lies there; fractions and unset positions do
    return first, second


def precise(text: str) -> bool:
    """Whether a latitude and a longitude locate within the statute's circle."""
    found = _point(text)
    return found is not None and cell_km2(*found) <= _AREA


def precise_east_first(text: str) -> bool:
    """The same of a longitude and a latitude, in the order of maps and drawings (GeoJSON, WKT, KML)."""
    found = _point(text, east_first=True)
    return found is not None and cell_km2(*found) <= _AREA


def coarse(text: str) -> bool:
    """Whether a latitude and a longitude name a place, but no smaller one than the statute's circle."""
    found = _point(text)
    return found is not None and cell_km2(*found) > _AREA


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "coarse_place": coarse,
    "precise_place": precise,
    "precise_place_east_first": precise_east_first,
}
"""The checks by the names that rule files give them."""
