"""Places: whether a pair of coordinates locates within the statute's circle of 1,850 feet."""

from __future__ import annotations

import pytest

from piiscan.detect.places import Angle, angles_of, cell_km2, coarse, precise, precise_east_first


def test_every_notation_gives_the_same_place() -> None:
    """Signed degrees, quarters of the sky before and after, minutes, minutes and seconds."""
    written = (
        "37.5125, -122.25",
        "37.5125° N, 122.25° W",
        "N 37.5125 W 122.25",
        "37°30.75' N 122°15.0' W",
        "37°30'45\"N 122°15'00\"W",
        "+37.5125-122.2500/",
    )

    places = [tuple(round(angle.degrees, 6) for angle in angles_of(text)[:2]) for text in written]

    assert places == [(37.5125, -122.25)] * 6


def test_the_step_is_that_of_the_last_place() -> None:
    """A hundredth of a degree, a tenth of a minute, a second."""
    steps = [round(angles_of(text)[0].step, 9) for text in ("37.51", "37°30.7'", "37°30'45\"")]

    assert steps == [0.01, round(0.1 / 60, 9), round(1 / 3600, 9)]


@pytest.mark.parametrize(
    ("text", "is_precise", "is_coarse"),
    [
        ("34.052, -118.244", True, False),
        ("0.517, 32.581", True, False),
        ("36.0, -118.2", False, True),
        ("36.00, -118.20", False, True),
        ("36.20, -118.20", True, False),
        ("-36.20, 118.20", True, False),
        ("34°03' N 118°15' W", False, True),
        ("34°03'08\" N 118°14'37\" W", True, False),
        ("95.1234, 12.1234", False, False),
        ("45.1234, 191.1234", False, False),
        ("0.1234, 0.4321", False, False),
        ("37.7749", False, False),
    ],
)
def test_three_decimals_are_precise_two_only_from_36_degrees(text: str, is_precise: bool, is_coarse: bool) -> None:
    """The cell of two decimals is within 0.9989 sq km where the cosine of the latitude is below 0.808."""
    assert (precise(text), coarse(text)) == (is_precise, is_coarse)


def test_a_cell_is_as_large_as_its_last_places() -> None:
    """At two decimals 1.112 km each way at the equator, half as wide at 60 degrees."""
    cells = [cell_km2(Angle(north, 0.01), Angle(0.0, 0.01)) for north in (0.0, 60.0)]

    assert [round(cell, 3) for cell in cells] == [1.236, 0.618]


def test_drawings_and_maps_write_the_longitude_first() -> None:
    """GeoJSON and WKT: what is a latitude there would be none the other way round."""
    assert precise_east_first("-122.4194 37.7749")
    assert not precise("-122.4194 37.7749")
    assert precise("122.4194 W, 37.7749 N")
