"""What a file is: recordings count by what they are, closed formats are named, size is no excuse for silence."""

from __future__ import annotations

import random
import sqlite3

import pytest

NOISE = random.Random(20261121)


WAVE = b"RIFF\x24\x08\x00\x00WAVEfmt " + NOISE.randbytes(400)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + NOISE.randbytes(400)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.wav", WAVE, "audio_file"),
        ("noext", WAVE, "audio_file"),
        ("report.txt", WAVE, "audio_file"),
        ("rec/2024/17.wav", WAVE, "call_recording"),
        ("calls-0117.wav", WAVE, "call_recording"),
        ("Inbound_212.mp3", b"\xff\xf3\x90\x44" + NOISE.randbytes(400), "call_recording"),
        ("voicemail/1.wav", WAVE, "voicemail"),
        ("calls/vm_17.wav", WAVE, "voicemail"),
        ("record_of_trees.flac", b"fLaC" + NOISE.randbytes(400), "audio_file"),
        ("a.mp3", b"ID3\x03\x00" + NOISE.randbytes(400), "audio_file"),
        ("a.m4a", b"\0\0\0\x18ftypM4A " + NOISE.randbytes(400), "audio_file"),
        ("a.ogg", b"OggS\0" + NOISE.randbytes(400), "audio_file"),
        ("a.amr", b"#!AMR\n" + NOISE.randbytes(400), "audio_file"),
        ("a.gsm", b"\xd5\x01\x02" * 300, "audio_file"),
    ],
)
def test_audio_counts_by_what_it_is(share, name, content, kind):
    """One row, category H, no skip: the issue's own rule."""
    reading = share.read(name, content)

    assert [
        (batch.rows, dict(batch.columns), batch.metadata_types, batch.container.rows) for batch in reading.batches
    ] == [(1, {}, (kind,), 1)]
    assert reading.skips == []


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", JPEG, "photo"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + NOISE.randbytes(400), "photo"),
        ("grey.tif", b"II*\0\x08\0\0\0" + b"\0\0" + b"xx(" * 4_000, "photo"),
        ("a.gif", b"GIF89a" + b"xx(" * 90, "photo"),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + NOISE.randbytes(400), "video"),
    ],
)
def test_pictures_and_videos_count_and_say_that_their_content_is_unread(share, name, content, kind):
    """Both: what it is, and that nobody looked into it."""
    reading = share.read(name, content)

    assert [batch.metadata_types for batch in reading.batches] == [(kind,)]
    assert [code in {"unsupported", "unreadable"} for _, code in reading.troubles] == [True]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.pdf", b"%PDF-1.7\nx", "unsupported", "PDF document"),
        ("a.pdf", b"%PDF-1.7\n" + b"x" * 200_000 + b"trailer << /Encrypt 12 0 R >>\n%%EOF", "encrypted", "PDF document"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 22 + b"\x13\0\0\0[Content_Types].xml", "unsupported", "Word document"),
        ("unnamed", b"PK\x03\x04" + b"\0" * 22 + b"\x13\0\0\0[Content_Types].xml", "unsupported", "Office document"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported", "Excel workbook"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "Office document"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported", "Outlook message"),
        ("a.eml", b"From: x\nTo: y\n\nhi", "unsupported", "mail message"),
        ("17", b"Received: from x\n\tby y\nSubject: z\n\nhi", "unsupported", "mail message"),
        ("inbox", b"From ann@example.com Mon Jan  1 00:00:00 2024\nSubject: z\n\nhi", "unsupported", "mailbox"),
        ("a.rtf", b"{\\rtf1 x}", "unsupported", "RTF document"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + NOISE.randbytes(90), "unsupported", "7-Zip archive"),
        ("a.rar", b"Rar!\x1a\x07\x00" + NOISE.randbytes(90), "unsupported", "RAR archive"),
        ("a.tar", b"a" + b"\0" * 99 + b"0000644\0" + b"\0" * 149 + b"ustar\x0000" + b"\0" * 300, "unsupported", "tar archive"),
        ("a.parquet", b"PAR1\x15\x00" + b"\0" * 90, "unsupported", "Parquet table"),
        ("a.pgp", b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "encrypted", "PGP message"),
        ("page.MAD", b"\x01\x00\x00\x00" + b"\x07\x00" * 80, "unsupported", "binary data"),
        ("blob", b"\x01\x02\x03\x04\x05\x06\x07" * 99, "unsupported", "binary data"),
    ],
)  # fmt: skip
def test_formats_not_read_are_named(share, name, content, code, words):
    """Never silence: a code, and the recognised type in the reason."""
    reading = share.read(name, content)

    assert (reading.batches, reading.troubles) == ([], [((), code)])
    assert words in reading.skips[0].reason


def test_a_name_alone_names_no_format(share):
    """Binary data called ``.log`` is no "Logger File": the name says nothing that its bytes do not."""
    reading = share.read("a.log", b"\x01\x02\x03\x04\x05\x06\x07" * 99)

    assert reading.skips[0].reason == "binary data of no known type: this format is not read"


def test_a_sqlite_file_says_how_to_have_it_read(share, tmp_path):
    """It is a source of its own."""
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()

    reading = share.read("x.db", (tmp_path / "x.db").read_bytes())

    assert reading.troubles == [((), "unsupported")]
    assert 'connector = "sql"' in reading.skips[0].reason


def test_a_file_over_the_bound_is_too_large_and_a_recording_is_not(share):
    """The bound is for what would be read whole."""
    assert share.read("a.txt", "x y " * 300, max_file_bytes=1_000).troubles == [((), "too-large")]
    assert share.read("a.wav", WAVE * 9, max_file_bytes=1_000).batches[0].metadata_types == ("audio_file",)
    assert share.read("b.txt", "x" * 1_000, max_file_bytes=1_000).troubles == []
