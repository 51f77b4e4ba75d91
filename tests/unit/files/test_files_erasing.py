"""Removing files: only the very file that was named, never a folder, never through a link, never outside the share."""

from __future__ import annotations

import os
import stat
from datetime import date

import pytest

from piiscan.connectors.files import erasing
from piiscan.errors import RefusedError, SourceError
from piiscan.model import Container, ReadPlan, SkipCode
from piiscan.model.erasing import Chunk, Target
from piiscan.model.judging import Change, Judgment, Term
from piiscan.ports import Eraser

TARGET = Target(
    Container("s", "*", "file"), Judgment("r", Term(fixed=True)), "delete", date(2026, 1, 1), ("path", "fingerprint")
)
CANARY = "canary-078-05-1120"


@pytest.fixture
def writer(share):
    """The share's connector as an approved plan opens it."""
    return share.connector(plan=ReadPlan(write=True))


def keys_of(share):
    """The keys of all files, by path."""
    return {found.path: (found.path, found.fingerprint) for found in share.listed() if isinstance(found, Container)}


def left(share):
    """What is in the share."""
    return sorted(str(path.relative_to(share.root)) for path in share.root.rglob("*") if not path.is_dir())


def test_files_that_are_as_they_were_named_go_and_the_others_stay(share, writer):
    """Changed, replaced, rewritten with the old date put back, gone: each is told apart."""
    for name in ("a.txt", "sub/deep/b.txt", "changed", "replaced", "dated", "gone", "kept"):
        share.write(name, "x")
    keys = keys_of(share)
    share.write("changed", "xy")
    (share.root / "new").write_text("x")
    (share.root / "new").replace(share.root / "replaced")
    before = (share.root / "dated").stat()
    share.write("dated", "y")
    os.utime(share.root / "dated", ns=(before.st_atime_ns, before.st_mtime_ns))
    (share.root / "gone").unlink()
    asked = ["a.txt", "changed", "dated", "gone", "replaced", "sub/deep/b.txt"]
    told = []

    done = writer.erase(TARGET, [keys[name] for name in asked], told.append)

    assert done == Chunk(6, taken=(0, 5), changed=(1, 2, 4), gone=(3,))
    assert told == [done]
    assert left(share) == ["changed", "dated", "kept", "replaced"]
    assert (share.root / "sub/deep").is_dir()
    assert writer.remaining(TARGET, [keys[name] for name in asked]) == [1, 2]


def test_a_name_that_became_a_link_a_folder_or_a_pipe_is_left_alone(share, writer, tmp_path):
    """Nor does anything happen to what a link leads to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("link", "pipe", "folder", "up/file"):
        share.write(name, "x")
    (outside / "file").write_text("x")
    keys = keys_of(share)
    for name in ("link", "pipe", "folder"):
        (share.root / name).unlink()
    (share.root / "link").symlink_to(outside / "file")
    os.mkfifo(share.root / "pipe")
    (share.root / "folder").mkdir()
    (share.root / "up").rename(tmp_path / "moved")
    (share.root / "up").symlink_to(tmp_path / "moved")

    done = writer.erase(TARGET, [keys[name] for name in ("folder", "link", "pipe", "up/file")], lambda chunk: None)

    assert done == Chunk(4, taken=(), changed=(0, 1, 2), gone=(3,))
    assert (outside / "file").exists()
    assert (tmp_path / "moved" / "file").exists()
    assert stat.S_ISFIFO((share.root / "pipe").stat().st_mode)


@pytest.mark.parametrize("path", ["../outside", "/etc/hostname", "sub/../../outside", "", ".", "a//b", "a\0b"])
def test_nothing_outside_of_the_share_is_reached(share, writer, tmp_path, path):
    """A key is a value like any other: it is not trusted."""
    share.write("sub/x", "x")
    (tmp_path / "outside").write_text("x")
    status = (tmp_path / "outside").stat()
    fingerprint = f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"

    done = writer.erase(TARGET, [(path, fingerprint)], lambda chunk: None)

    assert done == Chunk(1, taken=(), gone=(0,))
    assert (tmp_path / "outside").exists()


def test_names_that_cannot_be_printed_are_found_by_their_path_and_by_their_parts(share, writer):
    r"""A path says ``\xff``, ``\\`` and ``\u202e``; the system's own names serve as well, one by one."""
    names = [b"bad\xff.txt", b"back\\slash", "right\u202eleft".encode(), b"new\nline"]
    for name in names:
        share.write(b"sub/" + name, "x")
    listed = [found for found in share.listed() if isinstance(found, Container)]
    by_path = [(found.path, found.fingerprint) for found in listed[:2]]
    by_parts = [(*found.locator, found.fingerprint) for found in listed[2:]]

    assert writer.erase(TARGET, [*by_path, *by_parts], lambda chunk: None) == Chunk(4, taken=(0, 1, 2, 3))
    assert left(share) == []


def test_the_content_of_a_file_with_other_names_stays_and_that_is_said(share, writer):
    """Before, in its shape; and of those that go, unless all their names do."""
    share.write("one", "x")
    os.link(share.root / "one", share.root / "other")
    share.write("two", "y")
    os.link(share.root / "two", share.root / "twin")
    share.write("plain", "z")
    keys = keys_of(share)
    shapes = {shape.container.path: shape for shape in writer.shapes(share.listed())}

    done = writer.erase(TARGET, [keys[name] for name in ("one", "plain", "twin", "two")], lambda chunk: None)

    assert {path: erasing.LINKED in shape.notes for path, shape in shapes.items()} == {
        "one": True,
        "other": True,
        "plain": False,
        "twin": True,
        "two": True,
    }
    assert (shapes["one"].key, shapes["one"].notes[-1]) == (("path", "fingerprint"), erasing.RESIDUE)
    assert done == Chunk(4, taken=(0, 1, 2, 3), linked=(0,))
    assert left(share) == ["other"]


def test_names_of_one_file_in_two_portions_are_both_removed(share, writer):
    """Removing the first changes the time of change of the second: that was us."""
    share.write("one", "x")
    os.link(share.root / "one", share.root / "other")
    keys = keys_of(share)

    first = writer.erase(TARGET, [keys["one"]], lambda chunk: None)
    second = writer.erase(TARGET, [keys["other"]], lambda chunk: None)

    assert (first, second) == (Chunk(1, taken=(0,), linked=(0,)), Chunk(1, taken=(0,)))
    assert left(share) == []


def test_a_file_that_changes_after_the_witness_was_told_is_left_and_said(share, writer):
    """Each is looked at once more just before it goes."""
    share.write("a", "x")
    share.write("b", "x")
    keys = keys_of(share)

    done = writer.erase(TARGET, [keys["a"], keys["b"]], lambda chunk: share.write("b", "longer"))

    assert done == Chunk(2, taken=(0,), changed=(1,))
    assert left(share) == ["b"]


def test_what_the_witness_raises_passes_and_nothing_is_removed(share, writer):
    """Evidence that cannot be written stops the deletion."""
    share.write("a", "x")

    def refuse(chunk):
        raise RefusedError("the disk is full")

    with pytest.raises(RefusedError):
        writer.erase(TARGET, list(keys_of(share).values()), refuse)

    assert left(share) == ["a"]


def test_the_same_file_twice_is_removed_once(share, writer):
    """The second mention is no second file."""
    share.write("a", "x")
    (key,) = keys_of(share).values()

    assert writer.erase(TARGET, [key, key], lambda chunk: None) == Chunk(2, taken=(0,), changed=(1,))


def test_a_folder_that_may_not_be_written_stops_all_before_anything_is_removed(share, writer, monkeypatch):
    """The account's rights, a mount that is read-only: found out before the witness is told."""
    share.write("open/a", CANARY)
    share.write("shut/b", CANARY)
    keys = keys_of(share)
    shut = (share.root / "shut").stat().st_ino
    monkeypatch.setattr(
        "piiscan.connectors.files.opening.os.access",
        lambda _path, _mode, dir_fd=None, **_settings: os.fstat(dir_fd).st_ino != shut,
    )
    told = []

    with pytest.raises(SourceError) as caught:
        writer.erase(TARGET, [keys["open/a"], keys["shut/b"]], told.append)

    assert (caught.value.code, caught.value.container, told) == (SkipCode.NO_PERMISSION, "shut", [])
    assert left(share) == ["open/a", "shut/b"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user and back")
def test_another_users_folder_is_refused(share, writer):
    """As the system itself sees it."""
    share.write("shut/b", "x")
    keys = keys_of(share)
    writer.check()
    os.seteuid(65534)
    try:
        with pytest.raises(SourceError) as caught:
            writer.erase(TARGET, list(keys.values()), lambda chunk: None)
    finally:
        os.seteuid(0)

    assert caught.value.code is SkipCode.NO_PERMISSION
    assert left(share) == ["shut/b"]


def test_a_refusal_in_the_middle_says_how_far_it_went(share, writer, monkeypatch):
    """No file system removes many files at once or not at all."""
    for name in ("a", "b", "c"):
        share.write(name, CANARY)
    keys, unlink = keys_of(share), os.unlink

    def refuse(name, **settings):
        if name == "b":
            raise PermissionError(1, f"{CANARY}", name)
        unlink(name, **settings)

    monkeypatch.setattr("piiscan.connectors.files.opening.os.unlink", refuse)
    with pytest.raises(SourceError) as caught:
        writer.erase(TARGET, list(keys.values()), lambda chunk: None)

    assert caught.value.message == (
        "it cannot be removed: operation not permitted; 1 of 3 files of this portion are gone already"
    )
    assert (caught.value.container, left(share)) == ("b", ["b", "c"])
    assert CANARY not in f"{caught.value} {caught.value!r} {caught.value.hint}"


def test_folders_are_on_the_disk_before_it_returns(share, writer, monkeypatch):
    """What is said to be gone is gone after a power failure too."""
    for name in ("a", "sub/b", "sub/c"):
        share.write(name, "x")
    synced, fsync = [], os.fsync
    monkeypatch.setattr(
        "piiscan.connectors.files.opening.os.fsync", lambda fd: (synced.append(os.fstat(fd).st_ino), fsync(fd))
    )

    writer.erase(TARGET, list(keys_of(share).values()), lambda chunk: None)

    assert synced == [share.root.stat().st_ino, (share.root / "sub").stat().st_ino]


def test_it_is_an_eraser_that_only_deletes_and_only_when_opened_for_writing(share, writer):
    """What it cannot do it says."""
    share.write("a", "x")
    keys = list(keys_of(share).values())
    anonymize = Target(
        TARGET.container, TARGET.judgment, "anonymize", TARGET.as_of, TARGET.key, changes=(Change("x", "null"),)
    )

    assert isinstance(writer, Eraser)
    with pytest.raises(SourceError, match="files can be deleted, not anonymized"):
        writer.erase(anonymize, keys, lambda chunk: None)
    with pytest.raises(SourceError, match="open for reading only"):
        share.connector().erase(TARGET, keys, lambda chunk: None)
    for ask in (writer.reach, writer.keys, writer.statement):
        with pytest.raises(SourceError, match="does not know which of its files are due"):
            ask(TARGET)
    assert left(share) == ["a"]
