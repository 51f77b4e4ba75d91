"""Numbers in JSON that no field is large enough for: read as what they are, or said; the process lives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from piiscan.connectors.readers import jsondoc

READ = """
import sys
from piiscan.connectors.files import FilesConnector
from piiscan.model import Batch, ReadPlan, Source

assert sys.get_int_max_str_digits() == 4300, "the interpreter's own limit must not be lifted yet"
connector = FilesConnector(Source("s", "files", "file://" + sys.argv[1]), ReadPlan(mode="full"))
for container in connector.containers():
    found = list(connector.batches(container))
    sys.set_int_max_str_digits(0)
    skips = [str(each.code) for each in found if not isinstance(each, Batch)]
    cells = [value for each in found if isinstance(each, Batch) for values in each.columns.values() for value in values]
    print(container.path, skips, [len(str(cell)) for cell in cells])
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '[{"name": "Ann", "n": NUMBER}, {"name": "Bob"}]'),
        ("noext", '[{"name": "Ann", "n": NUMBER},\n {"name": "Bob"}]'),
        ("a.jsonl", '{"name": "Ann", "n": NUMBER}\n{"name": "Bob"}\n'),
        ("a.log", '{"name": "Ann", "n": NUMBER}\n{"name": "Bob"}\n'),
    ],
)
def test_an_integer_of_a_hundred_thousand_digits_is_read(share, name, content):
    """In a process of its own, with the interpreter's limit as it comes: the parser in C would take the process with it."""
    share.write(name, content.replace("NUMBER", "9" * 100_000))

    done = subprocess.run(
        [sys.executable, "-c", READ, str(share.root)], capture_output=True, encoding="utf-8", check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{name} [] [3, 3, 100000, 4]\n", "")


def test_an_integer_longer_than_is_safe_is_a_limit(share):
    """Making it would take longer than reading all the rest; what came before it is kept."""
    digits = "9" * (2 * jsondoc.MAX_DIGITS)

    reading = share.read("a.json", f'[{{"name": "Ann"}}, {{"n": {digits}}}, {{"name": "Bob"}}]')

    assert reading.columns == {"name": ["Ann"]}
    assert reading.troubles == [((), "limit")]


@pytest.mark.parametrize("number", ["1e99999999999999999999999", "-1e-99999999999999999999"])
def test_an_exponent_that_no_number_has_ends_the_document(share, number):
    """In the head it is read as the text it is; further down it is unreadable from there, and says so."""
    content = f'[{{"name": "Ann"}}, {{"n": {number}}}]'

    early = share.read("a.json", content)
    late = share.read("b.json", content.replace('"Ann"', f'"{"Ann " * 20_000}"'))

    assert (early.columns, early.skips) == ({None: [content]}, [])
    assert late.columns == {"name": ["Ann " * 20_000]}
    assert late.troubles == [((), "unreadable")]
    assert number not in late.skips[0].reason
