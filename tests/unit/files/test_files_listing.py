"""Listing a folder: everything in it once, in one order, and nothing outside it."""

from __future__ import annotations

import dataclasses
import os
import pickle
import socket
import stat
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from piiscan.connectors.files import FilesConnector
from piiscan.connectors.files.walk import MAX_DEPTH
from piiscan.errors import ConfigError, SourceError
from piiscan.model import Container, ReadPlan, Skip, Source


def test_order_is_by_bytes_files_before_folders(share):
    """Whatever order the system lists in."""
    for name in ("b/z.txt", "b/a.txt", "a/x.txt", "c.txt", "B.txt", "ä.txt"):
        share.write(name, "x")

    assert share.paths() == ["B.txt", "c.txt", "ä.txt", "a/x.txt", "b/a.txt", "b/z.txt"]


def test_a_container_says_what_the_system_knows(share):
    """Size, date, fingerprint and whether anyone may read it."""
    share.write("a.txt", "four")
    path = share.root / "a.txt"
    path.chmod(0o644)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    status = path.stat()

    assert share.listed() == [
        Container(
            source="s",
            path="a.txt",
            kind="file",
            locator=("a.txt",),
            size_bytes=4,
            changed_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
            fingerprint=f"{status.st_dev}:{status.st_ino}:4:{status.st_mtime_ns}:{status.st_ctime_ns}",
            notes=("world-readable",),
        )
    ]
    path.chmod(0o640)
    assert [found.notes for found in share.listed()] == [()]


def test_a_rewrite_with_the_old_date_put_back_changes_the_fingerprint(share):
    """Only the change time sees it."""
    share.write("a.txt", "078-05-1120")
    path = share.root / "a.txt"
    (before,) = share.listed()
    path.write_bytes(b"219-09-9999")
    os.utime(path, ns=(path.stat().st_atime_ns, int(before.fingerprint.split(":")[3])))
    (after,) = share.listed()

    assert (after.size_bytes, after.changed_at) == (before.size_bytes, before.changed_at)
    assert after.fingerprint != before.fingerprint


def test_links_out_and_links_to_nothing_are_said_and_links_within_are_not_followed(share):
    """What they lead to inside is listed on its own; loops end."""
    share.write("d/a.txt", "x")
    for name, target in (
        ("in", "d/a.txt"),
        ("dir", "d"),
        ("d/up", ".."),
        ("out", "/etc"),
        ("hosts", "/etc/hosts"),
        ("nowhere", "nope"),
        ("self", "self"),
    ):
        (share.root / name).symlink_to(target)
    listed = share.listed()

    assert [found.path for found in listed if isinstance(found, Container)] == ["d/a.txt"]
    assert {found.container: found.code for found in listed if isinstance(found, Skip)} == {
        "out": "unsupported",
        "hosts": "unsupported",
        "nowhere": "unsupported",
    }


def test_pipes_and_sockets_are_said_and_never_opened(share, monkeypatch):
    """Opening one would block for ever."""
    os.mkfifo(share.root / "pipe")
    monkeypatch.chdir(share.root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        listed = share.listed()

    assert [(found.container, found.code, found.hides) for found in listed] == [
        ("pipe", "unsupported", False),
        ("sock", "unsupported", False),
    ]


def test_a_file_that_becomes_a_pipe_or_a_link_after_listing_is_not_read(share):
    """Neither blocks nor leads out."""
    for name in ("a.txt", "b.txt", "d/c.txt"):
        share.write(name, "x")
    connector = share.connector()
    containers = list(connector.containers())
    (share.root / "a.txt").unlink()
    os.mkfifo(share.root / "a.txt")
    (share.root / "b.txt").unlink()
    (share.root / "b.txt").symlink_to("/etc/hosts")
    (share.root / "d" / "c.txt").unlink()
    (share.root / "d").rmdir()
    (share.root / "d").symlink_to("/etc")

    found = [list(connector.batches(container)) for container in containers]

    assert [[skip.code for skip in skips] for skips in found] == [["vanished"], ["vanished"], ["vanished"]]


def test_a_locator_never_leads_out_of_the_folder(share):
    """Even one that was forged."""
    share.write("a.txt", "x")
    connector = share.connector()
    (container,) = connector.containers()
    for locator in (("..", "secret"), ("/etc/hosts",), (), ("",)):
        (skip,) = connector.batches(dataclasses.replace(container, locator=locator))
        assert skip.code == "vanished"


def test_reading_leaves_the_access_time_as_it_was(share):
    """Who looks for unused files must not be misled by a scan."""
    share.write("a.txt", "x")
    os.utime(share.root / "a.txt", (1_000_000_000, 1_700_000_000))

    share.read("a.txt")

    assert (share.root / "a.txt").stat().st_atime == 1_000_000_000


def test_a_file_that_vanishes_is_a_skip(share):
    """The rest goes on."""
    share.write("a.txt", "x")
    connector = share.connector()
    (container,) = connector.containers()
    (share.root / "a.txt").unlink()

    assert [(found.container, found.code) for found in connector.batches(container)] == [("a.txt", "vanished")]


def test_names_that_are_no_utf_8_or_cannot_be_printed_are_escaped_and_distinct(share):
    """Two names never become one path, and the raw name opens the file."""
    names = [
        b"n\xff.txt",
        b"n\\xff.txt",
        b"line\nend.txt",
        "caf\u00e9.txt".encode(),
        "rtl\u202e.txt".encode(),
        b"\xff\xfe/deep.txt",
    ]
    for name in names:
        share.write(name, name)
    connector = share.connector()
    containers = [found for found in connector.containers() if isinstance(found, Container)]

    assert [container.path for container in containers] == [
        "café.txt",
        "line\\u000aend.txt",
        "n\\\\xff.txt",
        "n\\xff.txt",
        "rtl\\u202e.txt",
        "\\xff\\xfe/deep.txt",
    ]
    sent = pickle.loads(pickle.dumps(containers))
    assert all(batch.rows == 1 for container in sent for batch in connector.batches(container))


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("*.log",), (), ["app.log", "rec/2024/x.log"]),
        (("rec/**",), (), ["rec/a.wav", "rec/2024/b.wav", "rec/2024/x.log"]),
        (("rec",), (), ["rec/a.wav", "rec/2024/b.wav", "rec/2024/x.log"]),
        (("rec/",), ("2024",), ["rec/a.wav"]),
        (("rec/*",), (), ["rec/a.wav", "rec/2024/b.wav", "rec/2024/x.log"]),
        (("rec/*.wav",), (), ["rec/a.wav"]),
        (("**/b.wav",), (), ["rec/2024/b.wav"]),
        (("rec/**/*.wav",), (), ["rec/a.wav", "rec/2024/b.wav"]),
        (("?.txt",), (), ["a.txt", "other/a.txt"]),
        (("/?.txt",), (), ["a.txt"]),
        (("[ab].txt",), (), ["a.txt", "other/a.txt"]),
        (("[!a].txt",), (), []),
        ((), ("*.log", "rec/2024"), ["a.txt", "other/a.txt", "rec/a.wav"]),
        (("*.log",), ("*.log",), []),
        (("**",), (), ["a.txt", "app.log", "other/a.txt", "rec/a.wav", "rec/2024/b.wav", "rec/2024/x.log"]),
        (("A.TXT",), (), []),
    ],
)
def test_include_and_exclude(share, include, exclude, expected):
    """Names at any depth, anchored paths, folders with all in them; exclude wins; case counts."""
    for name in ("a.txt", "app.log", "rec/a.wav", "rec/2024/b.wav", "rec/2024/x.log", "other/a.txt"):
        share.write(name, "x")

    assert share.paths(include=include, exclude=exclude) == expected


def test_a_very_deep_tree_is_listed_to_the_limit(share):
    """Paths longer than the system takes are opened all the same, and the end is said."""
    folder = os.open(share.root, os.O_RDONLY)
    for depth in range(MAX_DEPTH + 2):
        os.mkdir("a-folder-with-a-name", dir_fd=folder)
        below = os.open("a-folder-with-a-name", os.O_RDONLY, dir_fd=folder)
        if depth == MAX_DEPTH - 1:
            os.close(os.open("last.txt", os.O_CREAT | os.O_WRONLY, dir_fd=below))
        os.close(folder)
        folder = below
    os.close(folder)
    connector = share.connector()
    container, skip = connector.containers()

    assert container.path.count("/") == MAX_DEPTH
    assert [batch.rows for batch in connector.batches(container)] == [0]
    assert (skip.code, skip.hides) == ("limit", True)


@contextmanager
def as_nobody():
    """Acts as an unprivileged user while it lasts: root may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_folders_and_files_without_permission_are_said(share):
    """An unreadable folder hides what is in it; an unreadable file is listed and skipped."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for path in ("a.txt", "closed/b.txt", "open/c.txt", "locked.txt"):
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text("x")
        (root / "closed").chmod(0)
        (root / "locked.txt").chmod(0)
        connector = FilesConnector(Source("s", "files", f"file://{root}"), ReadPlan(mode="full"))
        list(share.read("warm.txt", "x").batches)  # what is imported late is imported now, as the user who may
        with as_nobody():
            listed = list(connector.containers())
            read = [
                found
                for container in listed
                if isinstance(container, Container)
                for found in connector.batches(container)
            ]
        connector.close()
        (root / "closed").chmod(stat.S_IRWXU)

    assert [found.container for found in listed if isinstance(found, Skip)] == ["closed"]
    assert [(found.code, found.hides) for found in listed if isinstance(found, Skip)] == [("no-permission", True)]
    assert [(found.container, found.code) for found in read if isinstance(found, Skip)] == [
        ("locked.txt", "no-permission")
    ]
    assert [found.path for found in listed if isinstance(found, Container)] == ["a.txt", "locked.txt", "open/c.txt"]


def test_a_file_that_grows_is_read_up_to_its_size_at_opening(share):
    """A log that is written faster than it is read comes to an end."""
    share.write("a.log", "line\n" * 2_000_000)
    connector = share.connector()
    (container,) = connector.containers()
    total = 0
    with (share.root / "a.log").open("ab") as log:
        for batch in connector.batches(container):
            log.write(b"more\n" * 100_000)
            log.flush()
            total += batch.size_bytes

    assert total == container.size_bytes


def test_a_file_that_is_cut_while_it_is_read_is_partial(share):
    """What was cut off was not seen."""
    share.write("a.log", "line\n" * 4_000_000)
    connector = share.connector()
    (container,) = connector.containers()
    found = connector.batches(container)
    next(found)
    os.truncate(share.root / "a.log", 100)

    assert [skip.code for skip in found if isinstance(skip, Skip)] == ["unreadable"]


@pytest.mark.parametrize(
    "url", ["smb://server/share", "sftp://h/x", "s3://bucket", "file:relative", "/srv/share", "file://host/x"]
)
def test_other_addresses_are_refused_with_what_to_do(url):
    """Network shares come by mounting."""
    with pytest.raises(ConfigError) as caught:
        FilesConnector(Source("s", "files", url), ReadPlan())

    assert "file:///" in caught.value.message + caught.value.hint


def test_a_percent_sign_in_the_address_is_an_escape_where_no_such_folder_is(tmp_path):
    """file:///my%20share, and a folder really called so."""
    (tmp_path / "my share").mkdir()
    (tmp_path / "my share" / "a.txt").write_text("x")
    connector = FilesConnector(Source("s", "files", f"file://{tmp_path}/my%20share"), ReadPlan())
    assert [found.path for found in connector.containers()] == ["a.txt"]
    connector.close()
    (tmp_path / "my%20share").mkdir()
    connector = FilesConnector(Source("s", "files", f"file://{tmp_path}/my%20share"), ReadPlan())
    assert list(connector.containers()) == []
    connector.close()


def test_a_source_that_is_a_file_or_nothing_cannot_be_listed(share):
    """One error for the source, with a hint."""
    share.write("a.txt", "x")
    for name in ("a.txt", "missing"):
        connector = FilesConnector(Source("s", "files", f"file://{share.root}/{name}"), ReadPlan())
        with pytest.raises(SourceError) as caught:
            list(connector.containers())
        assert (caught.value.code, bool(caught.value.hint)) == ("unreachable", True)
        assert [line.status for line in connector.check()] == ["failed"]
