"""Tables of formats: what their files begin with, and what their names end in."""

from __future__ import annotations

from typing import Final

AUDIO: Final = frozenset({
    "3ga", "aac", "ac3", "aif", "aiff", "alaw", "amr", "au", "awb", "caf", "ds2", "dss", "flac", "g729", "gsm", "m4a", "m4b",
    "mp3", "oga", "ogg", "opus", "ra", "snd", "spx", "ulaw", "vox", "wav", "wave", "wma",
})  # fmt: skip
VIDEO: Final = frozenset({
    "3g2", "3gp", "asf", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "vob", "webm", "wmv",
})  # fmt: skip
IMAGE: Final = frozenset({
    "arw", "avif", "bmp", "cr2", "dng", "gif", "heic", "heif", "jfif", "jp2", "jpeg", "jpg", "nef", "png", "psd", "tif", "tiff",
    "webp",
})  # fmt: skip
PAGE: Final = frozenset({"htm", "html", "shtml", "xhtml"})
XML: Final = frozenset({"gpx", "kml", "rdf", "rss", "svg", "xbrl", "xml", "xsd", "xsl"})
JSON_LINES: Final = frozenset({"jsonl", "ndjson"})
DELIMITED: Final = frozenset({"csv", "psv", "ssv", "tab", "tsv"})
PROSE: Final = frozenset(
    {"c", "css", "ini", "java", "js", "log", "md", "py", "rst", "sh", "sql", "toml", "yaml", "yml"}
)
"""Text that is never a table, however regular its commas are."""

MEDIA_HEADS: Final = (
    b"#!AMR", b"FORM", b"GIF8", b"ID3", b"II*\0", b"MM\0*", b"OggS", b"RIFF", b"\x1aE\xdf\xa3", b"\x89PNG\r\n", b"\xff\xd8\xff", b"fLaC",
    b"0&\xb2u\x8ef\xcf\x11", b"caff",
)  # fmt: skip
"""Beginnings that prove a recording or picture without its name; other marks of such formats are too short for that."""
BY_NAME: Final = {
    "accdb": ("access", "Access database"),
    "avro": ("avro", "Avro table"),
    "doc": ("ole", "Word document (97-2003)"),
    "docm": ("docx", "Word document"),
    "docx": ("docx", "Word document"),
    "dotx": ("docx", "Word document"),
    "eml": ("mail", "mail message"),
    "epub": ("epub", "e-book"),
    "mbox": ("mbox", "mailbox"),
    "mbx": ("mbox", "mailbox"),
    "mdb": ("access", "Access database"),
    "msg": ("msg", "Outlook message"),
    "numbers": ("iwork", "Numbers sheet"),
    "odp": ("odf", "OpenDocument presentation"),
    "ods": ("odf", "OpenDocument sheet"),
    "odt": ("odf", "OpenDocument text"),
    "orc": ("orc", "ORC table"),
    "ost": ("pst", "Outlook mailbox"),
    "pages": ("iwork", "Pages document"),
    "parquet": ("parquet", "Parquet table"),
    "ppt": ("ole", "PowerPoint presentation (97-2003)"),
    "pptx": ("pptx", "PowerPoint presentation"),
    "pst": ("pst", "Outlook mailbox"),
    "xls": ("ole", "Excel workbook (97-2003)"),
    "xlsb": ("xlsb", "Excel binary workbook"),
    "xlsm": ("xlsx", "Excel workbook"),
    "xlsx": ("xlsx", "Excel workbook"),
}
"""Extension -> type and label, for formats that share their first bytes with others or have none of their own."""

IN_ZIP: Final = frozenset({"docx", "epub", "iwork", "odf", "pptx", "xlsb", "xlsx"})
IN_OLE: Final = frozenset({"msg", "ole"})
MAIL: Final = frozenset({"mail", "mbox"})

BY_HEAD: Final = (
    (b"%PDF-", "pdf", "PDF document"),
    (b"{\\rtf", "rtf", "RTF document"),
    (b"%!PS", "postscript", "PostScript document"),
    (b"\x1f\x8b\x08", "gzip", "gzip archive"),
    (b"PK\x03\x04", "zip", "ZIP archive"),
    (b"PK\x05\x06", "zip", "ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole", "Office document (97-2003)"),
    (b"SQLite format 3\0", "sqlite", "SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "7-Zip archive"),
    (b"Rar!\x1a\x07", "rar", "RAR archive"),
    (b"-----BEGIN PGP MESSAGE", "pgp", "PGP message"),
    (b"\x89PNG\r\n\x1a\n", "image", "PNG image"),
    (b"\xff\xd8\xff", "image", "JPEG image"),
    (b"II*\0", "image", "TIFF image"),
    (b"MM\0*", "image", "TIFF image"),
    (b"GIF87a", "image", "GIF image"),
    (b"GIF89a", "image", "GIF image"),
)
"""What decides at once, also for formats that would pass for text: a picture of one colour is letters and NULs."""

TAR: Final = slice(257, 262), b"ustar"
"""What tells a tar archive (POSIX pax, "ustar Interchange Format"): text and NULs otherwise, as a log with holes is."""

BY_BINARY_HEAD: Final = (
    (b"PAR1", "parquet", "Parquet table"),
    (b"Obj\x01", "avro", "Avro table"),
    (b"ORC", "orc", "ORC table"),
    (b"!BDN", "pst", "Outlook mailbox"),
)
"""Beginnings that decide only for what is no text."""
