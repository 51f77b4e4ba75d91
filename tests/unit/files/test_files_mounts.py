"""What the mount table says about a folder."""

from __future__ import annotations

import pytest

from piiscan.connectors.files.mounts import Mount, mount_of

TABLE = r"""/dev/sda1 / ext4 rw,relatime 0 0
//nas/rec /mnt/call\040records cifs rw,vers=3.1.1,seal 0 0
//nas/old /mnt/old cifs ro,vers=2.0 0 0
nas:/home /home nfs4 rw,noatime,sec=krb5p 0 0
tmpfs /home tmpfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/share", Mount("/", "ext4", ("rw", "relatime"))),
        ("/mnt/call records/2024", Mount("/mnt/call records", "cifs", ("rw", "vers=3.1.1", "seal"))),
        ("/mnt/old", Mount("/mnt/old", "cifs", ("ro", "vers=2.0"))),
        ("/mnt/older", Mount("/", "ext4", ("rw", "relatime"))),
        ("/home/ann", Mount("/home", "tmpfs", ("rw",))),
    ],
)
def test_the_longest_and_latest_mount_holds_a_path(tmp_path, path, expected):
    """By whole names, with the table's own escapes undone."""
    table = tmp_path / "mounts"
    table.write_text(TABLE)

    assert mount_of(path, table) == expected


@pytest.mark.parametrize(
    ("mount", "status", "words"),
    [
        (Mount("/", "ext4", ("rw",)), "ok", "local"),
        (Mount("/m", "cifs", ("rw", "seal")), "ok", "encrypted on the way"),
        (Mount("/m", "nfs4", ("rw", "sec=krb5p")), "ok", "encrypted on the way"),
        (Mount("/m", "fuse.sshfs", ("rw",)), "ok", "encrypted on the way"),
        (Mount("/m", "cifs", ("rw",)), "warning", "not known to be encrypted"),
        (Mount("/m", "nfs", ("rw", "sec=krb5")), "warning", "not known to be encrypted"),
    ],
)
def test_a_network_mount_is_encrypted_or_a_warning(mount, status, words):
    """Only what the options prove counts."""
    first, *_ = mount.checks("file system")

    assert first.status == status
    assert words in first.message


def test_no_table_is_no_mount(tmp_path):
    """Other systems have none."""
    assert mount_of("/srv", tmp_path / "none") is None


def test_check_says_how_the_folder_is_reached(share):
    """Reachable first, then the file system, then writing and access times."""
    lines = share.connector().check()

    assert [line.subject for line in lines] == ["folder", "file system", "file system", "file system"]
    assert {line.status for line in lines} == {"ok"}
