"""Checks of numbers that governments give out, on specimens their publishers print and on wrong ones."""

from __future__ import annotations

import pytest

from piiscan.detect.validators import validator

LINE = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
"""The specimen of ICAO 9303-4, appendix B."""


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        ("ssn", "219-09-9999", True),
        ("ssn", "078-05-1120", True),
        ("ssn", "000-12-3456", False),
        ("ssn", "666-12-3456", False),
        ("ssn", "900-12-3456", False),
        ("ssn", "219-00-9999", False),
        ("ssn", "219-09-0000", False),
        ("ssn", "123-45-6789", False),
        ("ssn", "219-09-999", False),
        ("npi", "1234567893", True),
        ("npi", "1234-567-893", True),
        ("npi", "1234567890", False),
        ("npi", "3234567893", False),
        ("npi", "123456789", False),
        ("dea", "BB1388568", True),
        ("dea", "F91234563", True),
        ("dea", "BB1388569", False),
        ("dea", "BB138856", False),
        ("icao", "L01X00T44", True),
        ("icao", "L01X00T45", False),
        ("icao", "l01x00t44", True),
        ("icao", "L01X00T4X", False),
        ("icao", "L01X00T4\u0664", False),
        ("mrz", LINE, True),
        ("mrz", LINE.replace("C36", "C37"), False),
        ("mrz", LINE.replace("7408122", "7408123"), False),
        ("mrz", LINE.replace("1204159", "1204158"), False),
        ("stdnum:in_.aadhaar", "2341 2341 2346", True),
        ("stdnum:in_.aadhaar", "2341 2341 2347", False),
        ("stdnum:in_.aadhaar", "1234 1234 1234", False),
        ("stdnum:in_.vid", "2341 2341 2341 2341", True),
        ("stdnum:in_.vid", "2341 2341 2341 2342", False),
        ("stdnum:in_.gstin", "27ABCPD1234E1ZE", True),
        ("stdnum:in_.gstin", "27ABCPD1234E1ZF", False),
        ("stdnum:ca.sin", "123-456-782", True),
        ("stdnum:ca.sin", "123-456-783", False),
        ("stdnum:ca.sin", "046 454 286", False),
        ("stdnum:us.ein", "94-1234567", True),
        ("stdnum:us.ein", "07-1234567", False),
        ("stdnum:mx.curp", "GOMA850101HDFRRL06", True),
        ("stdnum:mx.curp", "GOMA850101HDFRRL07", False),
        ("stdnum:br.cpf", "111.444.777-35", True),
        ("stdnum:br.cpf", "111.444.777-36", False),
        ("stdnum:cn.ric", "11010519491231002X", True),
        ("stdnum:cn.ric", "110105194912310021", False),
    ],
)
def test_a_number_passes_or_does_not(name: str, text: str, valid: object) -> None:
    """Right ones as they are written, wrong ones by one figure."""
    assert validator(name, "test")(text) is valid
