"""gzip and ZIP: members read as what they are; bombs, locks and damage are said, and cost bounded work."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

import pytest

from piiscan.connectors.readers import streams
from piiscan.model import Batch, Container, ReadPlan

CANARY = "078-05-1120"


def zipped(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return raw.getvalue()


def test_a_gzipped_table_is_read_by_its_inner_name(share):
    """The member is the name without .gz."""
    reading = share.read("a.csv.gz", gzip.compress(b"id,name\n1,Ann\n"))

    assert reading.members == {(): {}, ("a.csv",): {"id": ["1"], "name": ["Ann"]}}
    assert reading.skips == []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_members_are_read_as_what_they_are(share, method):
    """Tables, text, archives in archives; paths that lead upwards are names and nothing else."""
    inner = zipped({"deep.txt": "deep"})

    reading = share.read(
        "a.zip",
        zipped(
            {"d/a.csv": "id,name\n1,Ann\n", "../../x.txt": "x", "in.zip": inner, "b.txt.gz": gzip.compress(b"g")},
            method,
        ),
    )

    assert reading.members == {
        (): {},
        ("d/a.csv",): {"id": ["1"], "name": ["Ann"]},
        ("../../x.txt",): {None: ["x"]},
        ("in.zip",): {},
        ("in.zip", "deep.txt"): {None: ["deep"]},
        ("b.txt.gz",): {},
        ("b.txt.gz", "b.txt"): {None: ["g"]},
    }
    assert reading.skips == []


def test_members_of_one_name_stay_apart(share):
    """ZIP allows it; the inventory does not."""
    content = zipped({"a.txt": "one", "b.txt": "two"}).replace(b"b.txt", b"a.txt")

    assert share.read("a.zip", content).members == {
        (): {},
        ("a.txt",): {None: ["one"]},
        ("a.txt (2)",): {None: ["two"]},
    }


def test_a_locked_member_is_said_and_the_others_read(share):
    """The flag in its header tells."""
    content = bytearray(zipped({"a.txt": "open", "b.txt": CANARY}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(mark) + flags] |= 1

    reading = share.read("a.zip", bytes(content))

    assert reading.members == {(): {}, ("a.txt",): {None: ["open"]}}
    assert reading.troubles == [(("b.txt",), "encrypted")]


def test_a_damaged_member_is_said_and_the_others_read(share):
    """A checksum that is wrong."""
    content = bytearray(zipped({"a.txt": "good", "b.txt": "broken by one bit"}, zipfile.ZIP_STORED))
    content[content.index(b"broken")] ^= 1

    reading = share.read("a.zip", bytes(content))

    assert reading.members[("a.txt",)] == {None: ["good"]}
    assert reading.troubles == [(("b.txt",), "unreadable")]


def test_a_member_packed_by_an_unknown_method_is_unsupported(share):
    """Method 99 is nobody's."""
    content = bytearray(zipped({"a.txt": "x"}))
    for mark, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.rindex(mark) + method] = 99

    assert share.read("a.zip", bytes(content)).troubles == [(("a.txt",), "unsupported")]


@pytest.mark.parametrize(
    "content",
    [zipped({"a.txt": "x" * 999})[:-30], b"PK\x03\x04" + b"\0" * 90, b"PK\x05\x06" + b"\xff" * 18],
    ids=["cut", "head", "end"],  # the bytes hold the time of day: as ids they would differ between test workers
)
def test_a_zip_without_its_directory_is_not_clean(share, content):
    """Cut off, empty, nonsense."""
    reading = share.read("a.zip", content)

    assert reading.batches == []
    assert {code for _, code in reading.troubles} <= {"unreadable", "limit"}


def test_a_cut_gzip_is_read_up_to_the_cut(share):
    """And is partial."""
    text = "".join(f"line {number} {number * 7919 % 104729}\n" for number in range(200_000)).encode()

    reading = share.read("a.log.gz", gzip.compress(text)[:-50_000])

    assert reading.text.startswith("line 0 0\nline 1 7919")
    assert len(reading.text) > len(text) // 2
    assert reading.troubles == [(("a.log",), "unreadable")]


def test_a_small_cut_gzip_is_read_too(share):
    """What came before the cut is not lost while the type is judged."""
    reading = share.read("a.log.gz", gzip.compress(b"078-05-1120\n" * 5)[:-9])

    assert reading.text.startswith(CANARY)
    assert reading.troubles == [(("a.log",), "unreadable")]


@pytest.mark.parametrize("name", ["blob.gz", "a.log.gz", "a.mdb.gz"])
def test_a_cut_gzip_of_unknown_content_is_unreadable_and_not_unsupported(share, name):
    """What was cut off before it showed its type may have been anything: that is not tolerated by default."""
    content = gzip.compress(bytes(range(1, 32)) * 20 + random.Random(20261121).randbytes(20_000))

    whole, cut = share.read(name, content), share.read(name, content[:-9_000])

    assert whole.troubles == [((name[:-3],), "unsupported")]
    assert cut.troubles == [((name[:-3],), "unreadable")]
    assert "cut off" in cut.skips[0].reason


def test_a_gzip_with_a_wrong_checksum_is_partial(share):
    """Its content was read, but may be wrong."""
    content = bytearray(gzip.compress(b"some text\n"))
    content[-6] ^= 1

    assert share.read("a.txt.gz", bytes(content)).troubles == [(("a.txt",), "unreadable")]


def test_a_bomb_is_stopped_early(share):
    """100 MB of one letter in 100 kB: stopped soon after the ratio shows."""
    for name, content in (("b.gz", gzip.compress(b"A" * 100_000_000, 9)),):
        reading = share.read(name, content)

        assert reading.troubles == [(("b",), "limit")]
        bound = max(streams.RATIO_FROM, streams.MAX_RATIO * len(content))
        assert sum(batch.size_bytes for batch in reading.batches) <= bound + (1 << 20)


def test_many_members_that_expand_beyond_the_bound_end_with_one_skip(share):
    """The bound is for the archive as a whole."""
    content = zipped({f"{number}.txt": "word " * 40_000 for number in range(10)})

    reading = share.read("a.zip", content, max_file_bytes=500_000)

    assert [member for member in reading.members if member] == [("0.txt",), ("1.txt",)]
    assert reading.troubles == [(("2.txt",), "limit"), ((), "limit")]


def test_archives_nested_without_end_are_a_limit(share):
    """Three deep are read."""
    content = b"bottom"
    for number in range(6):
        content = zipped({f"{number}.zip" if number else "bottom.txt": content})

    reading = share.read("a.zip", content)

    assert reading.troubles == [(("5.zip", "4.zip", "3.zip"), "limit")]


def test_a_zip_bomb_of_the_directory_is_a_limit(share):
    """A directory said to be larger than any is not loaded."""
    content = bytearray(zipped({"a.txt": "x"}))
    place = content.rindex(b"PK\x05\x06") + 12
    content[place : place + 4] = (1 << 30).to_bytes(4, "little")

    assert share.read("a.zip", bytes(content)).troubles == [((), "limit")]


def test_the_bytes_of_a_quoted_member_name_are_printable(share):
    """Line ends and escapes in a member's name reach no terminal."""
    reading = share.read("a.zip", zipped({"a\n\x1b[31m.txt": "x"}))

    assert list(reading.members) == [(), ("a\\u000a\\u001b[31m.txt",)]


def test_batches_of_a_member_carry_its_own_container(share):
    """Its size and total, not those of the archive."""
    share.write("a.zip", zipped({"a.csv": "id,name\n1,Ann\n2,Bob\n"}))
    connector = share.connector(plan=ReadPlan(mode="full", batch_rows=1))
    (archive,) = connector.containers()
    assert isinstance(archive, Container)
    _, *batches = connector.batches(archive)

    assert [
        (batch.container.key, batch.container.size_bytes, batch.container.rows, batch.container.fingerprint)
        for batch in batches
        if isinstance(batch, Batch)
    ] == [(("s", "a.zip", ("a.csv",)), 20, None, None), (("s", "a.zip", ("a.csv",)), 20, 2, None)]
