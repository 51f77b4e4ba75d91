"""EXIF of pictures: read from every format that carries it, bounded, and never a reason to fail."""

from __future__ import annotations

import logging
import random
import struct
import zipfile

import pytest

ARTIST, OWNER, SERIAL, DESCRIPTION = 0x13B, 0xA430, 0xA431, 0x10E
READ = "its EXIF was read, other metadata and the picture itself were not read"
DAMAGED = "its EXIF is damaged; other metadata and the picture itself were not read"


@pytest.fixture(scope="module")
def telling(pictures):
    """EXIF that says who, where, when and with what."""
    p = pictures
    return p.exif(
        [p.text(ARTIST, "Ann Canary"), (0x9C9D, p.BYTE, "Zoë Canary".encode("utf-16-le") + b"\0\0"), (0x112, p.SHORT, b"\1\0"),
         (0x8298, p.ASCII, "© Zoë".encode("latin-1") + b"\0"), p.text(0x9999, "unnamed canary")],
        [p.text(OWNER, "Ann Canary"), p.text(SERIAL, "078051120"), p.text(0x9003, "2026:01:31 10:20:30"),
         (0x9286, p.UNDEFINED, b"UNICODE\0" + "call Ann".encode("utf-16-le"))],
        [p.text(1, "N"), p.degrees(2, (37, 1), (46, 1), (2964, 100)), p.text(3, "W"), p.degrees(4, (122, 1), (25, 1), (984, 100))],
    )  # fmt: skip


TOLD = {
    "Image Artist": ["Ann Canary"],
    "Image XPAuthor": ["Zoë Canary"],
    "Image Copyright": ["© Zoë"],
    "EXIF CameraOwnerName": ["Ann Canary"],
    "EXIF BodySerialNumber": ["078051120"],
    "EXIF DateTimeOriginal": ["2026-01-31 10:20:30"],
    "EXIF UserComment": ["call Ann"],
    "EXIF GPS": ["37.774900, -122.419400"],
    None: ["unnamed canary"],
}


@pytest.mark.parametrize("ending", ["jpg", "tif", "png", "webp", "heic"])
def test_every_format_says_the_same(share, pictures, telling, ending):
    """Columns by the tags' names, a place in degrees, a moment in ISO 8601, unnamed text as text; and what was not read."""
    reading = share.read(f"a.{ending}", pictures.FORMATS[ending](telling))
    plain = share.read(f"b.{ending}", pictures.FORMATS[ending](None))

    assert reading.columns == TOLD
    assert [(batch.rows, batch.metadata_types, batch.container.rows) for batch in reading.batches] == [
        (1, ("photo",), 1)
    ]
    assert reading.troubles == plain.troubles == [((), "unsupported")]
    assert READ in reading.skips[0].reason
    assert (plain.rows, plain.columns) == (1, {})
    assert "it has no EXIF that says anything" in plain.skips[0].reason


def test_pictures_in_an_archive_are_read_and_what_lies_too_far_back_is_said(share, pictures, telling, tmp_path):
    """Eight MiB of a packed picture are held; a picture by itself is read where its EXIF lies."""
    far = pictures.png(telling).replace(b"\x10" * 50, b"")
    size = 9 << 20
    far = far[:33] + struct.pack(">I", size) + b"IDAT" + bytes(size) + b"\0\0\0\0" + far[33 + 12 :]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("near.webp", pictures.webp(telling))
        archive.writestr("far.png", far)
    reading = share.read("a.zip", (tmp_path / "a.zip").read_bytes())
    alone = share.read("far.png", far)

    assert reading.members == {(): {}, ("near.webp",): TOLD, ("far.png",): {}}
    assert reading.troubles == [(("near.webp",), "unsupported"), (("far.png",), "limit")]
    assert alone.columns == TOLD


def test_what_was_never_set_is_not_told(share, pictures):
    """A phone that did not know where, or when, it was; a field of blanks."""
    p = pictures
    block = p.exif(
        [p.text(ARTIST, "   ")],
        [p.text(0x9003, "0000:00:00 00:00:00"), p.text(0x9004, "    :  :     :  :  ")],
        [p.degrees(2, (0, 0), (0, 0), (0, 0)), p.degrees(4, (122, 1), (25, 1), (0, 1))],
    )

    assert share.read("a.jpg", p.jpeg(block)).columns == {}


@pytest.mark.parametrize(
    "broken",
    [
        lambda p: p.jpeg(b"not TIFF"),
        lambda p: p.jpeg(b"II*\0\xff\xff\0\0"),
        lambda p: p.jpeg(b"II*\0\x08\0\0\0\0\0"),
        lambda p: p.jpeg(p.exif([p.text(ARTIST, "Ann Canary")])[:30]),
        lambda p: p.jpeg(p.exif([p.text(ARTIST, "Ann Canary")])[:-4]),
        lambda p: p.jpeg(p.exif([p.text(ARTIST, "Ann Canary")], [p.text(OWNER, "Ann Canary")], pointer=0)),
        lambda p: p.jpeg(p.exif([p.text(ARTIST, "Ann Canary")]))[:60],
        lambda p: p.png(p.exif([p.text(ARTIST, "Ann Canary")]))[:-40],
        lambda p: p.heic(p.exif([p.text(ARTIST, "Ann Canary")]))[:-60],
    ],
)
def test_broken_exif_is_one_skip_and_the_photograph_counts(share, pictures, broken):
    """Cut off, pointing nowhere, no TIFF: said in our own words."""
    reading = share.read("a.jpg", broken(pictures))

    assert [(batch.rows, dict(batch.columns), batch.metadata_types) for batch in reading.batches] == [
        (1, {}, ("photo",))
    ]
    assert [(str(skip.code), skip.reason.partition("photo; ")[2]) for skip in reading.skips] == [
        ("unreadable", DAMAGED)
    ]


def hostile(p):
    """Files made to be read for ever, or into all memory there is."""
    chain = b"".join(struct.pack("<H", 3_000) for _ in range(30_000))
    deep = struct.pack("<HHII", ARTIST, p.ASCII, 0xFFFF_FF00, 8)
    return {
        "directories.jpg": p.jpeg(b"II*\0\x08\0\0\0" + chain[:60_000]),
        "text.tif": b"II*\0\x08\0\0\0" + struct.pack("<H", 60_000) + deep * 60_000 + bytes(1 << 20),
        "box.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\1free" + b"\0" * 8,
        "items.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
        + p.heic(b"")[24:].replace(struct.pack(">IBBH", 0, 0x44, 0, 2), struct.pack(">IBBH", 0, 0, 0, 65_535)),
        "chunks.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt\0\0\0\0" * 60_000,
        "segments.jpg": b"\xff\xd8" + b"\xff\xe2\0\0" * 60_000,
    }


@pytest.mark.parametrize(
    "name", ["directories.jpg", "text.tif", "box.heic", "items.heic", "chunks.png", "segments.jpg"]
)
def test_hostile_pictures_come_to_an_end(share, pictures, name):
    """Within the bounds, counted, and with a word on what was not read."""
    reading = share.read(name, hostile(pictures)[name])

    assert [batch.metadata_types for batch in reading.batches] == [("photo",)]
    assert [str(skip.code) in {"unsupported", "unreadable"} for skip in reading.skips] == [True]


def test_no_damage_makes_a_picture_fail_and_no_message_or_log_holds_a_value(share, pictures, telling, caplog):
    """Bytes changed and cut anywhere, in every format."""
    chance = random.Random(5)
    caplog.set_level(logging.DEBUG)
    for number in range(300):
        ending = chance.choice(sorted(pictures.FORMATS))
        data = bytearray(pictures.FORMATS[ending](telling))
        for _ in range(chance.choice([1, 3, 30])):
            data[chance.randrange(12, len(data))] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
        share.write(f"{number}.{ending}", bytes(data[: chance.choice([len(data), chance.randrange(12, len(data))])]))
    connector = share.connector()
    found = [item for container in connector.containers() for item in connector.batches(container)]

    skips = [item for item in found if hasattr(item, "code")]
    assert len(skips) == 300
    assert {str(skip.code) for skip in skips} == {"unsupported", "unreadable"}
    said = "".join(skip.reason for skip in skips) + caplog.text
    assert [word for word in ("Canary", "canary", "078051120", "37.77") if word in said] == []
