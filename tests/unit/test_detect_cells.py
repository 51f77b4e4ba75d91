"""Values of databases as text: every type a driver returns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest

from piiscan.detect.cells import declared_kind, declared_length, declared_options, looks_like, to_text


class Broken:
    """A driver's own type that cannot be shown, whose error carries the value."""

    def __str__(self) -> str:
        raise ValueError("219-09-9998")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("  ", None),
        ("Ann", ("Ann", "text")),
        (True, ("true", "boolean")),
        (219099998, ("219099998", "integer")),
        (Decimal(219099998), ("219099998", "integer")),
        (Decimal("12.50"), ("12.50", "decimal")),
        (219099998.0, ("219099998", "integer")),
        (float("nan"), None),
        (float("inf"), None),
        (date(1980, 2, 14), ("1980-02-14", "date")),
        (datetime(2024, 1, 31, 10, tzinfo=UTC), ("2024-01-31 10:00:00+00:00", "date")),
        (UUID(int=1), ("00000000-0000-0000-0000-000000000001", "text")),
        (b"ann.lee@example.com", ("ann.lee@example.com", "text")),
        (memoryview(b"\x89PNG\r\n\x1a\n"), ("image", "binary")),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ("audio", "binary")),
        (b"\x00\x01\x02", ("data", "binary")),
        (b"\xff\xfe\xfd\xfc", ("data", "binary")),
        (b"", None),
        ({"b": 1, "a": {"mail": "x@y.org"}}, ("mail: x@y.org\nb: 1", "json")),
        (["x", None, 2], ("x\n2", "json")),
        ([], None),
        (ip_address("203.0.113.9"), ("203.0.113.9", "network")),
        (Broken(), None),
    ],
)
def test_every_type_becomes_text_and_says_what_it_is(value: object, expected: tuple[str, str] | None) -> None:
    """None, blank and unreadable values are null; nothing raises."""
    assert to_text(value) == expected


def test_a_value_nested_without_end_is_cut() -> None:
    """Depth is bounded."""
    deep: list[object] = []
    for _ in range(500):
        deep = [deep, "x"]

    assert to_text(deep) is not None


@pytest.mark.parametrize(
    ("sql_type", "kind"),
    [
        ("VARCHAR(11)", "text"),
        ("BIGINT", "integer"),
        ("TINYINT(1)", "boolean"),
        ("timestamp without time zone", "date"),
        ("NUMERIC(10, 2)", "decimal"),
        ("bytea", "binary"),
        ("jsonb", "json"),
        ("INET", "network"),
        ("geography(Point,4326)", "place"),
        ("hierarchyid", None),
        ("enum('0','1')", "boolean"),
        ("ENUM('Y','N','')", "boolean"),
        ("enum('cell','home')", "text"),
        (None, None),
    ],
)
def test_a_declared_type_promises_a_kind(sql_type: str | None, kind: str | None) -> None:
    """Dialects spell types in many ways."""
    assert declared_kind(sql_type) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [("42", "integer"), ("-1.5", "decimal"), ("2024-01-31", "date"), ("1/31/24 10:15 PM", "date"), ("yes", "boolean"), ("219-09-9998", None), ("12-03", None), ("Ann", None)],
)  # fmt: skip
def test_text_may_look_like_another_kind(text: str, kind: str | None) -> None:
    """Files and loose schemas keep everything as text."""
    assert looks_like(text) == kind


@pytest.mark.parametrize(
    ("sql_type", "options", "length"),
    [
        ("VARCHAR(30)", (), 30),
        ("character varying(255)", (), 255),
        ("NVARCHAR2(12 CHAR)", (), 12),
        ("CHAR (9)", (), 9),
        ("enum('a','it''s')", ("a", "it's"), 4),
        ("TEXT", (), None),
        ("NUMERIC(10, 2)", (), None),
        (None, (), None),
    ],
)
def test_a_declared_type_says_what_there_is_room_for(
    sql_type: str | None, options: tuple[str, ...], length: int | None
) -> None:
    """Characters, or a list of choices."""
    assert (declared_options(sql_type), declared_length(sql_type)) == (options, length)
