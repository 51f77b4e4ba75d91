"""Which file system a folder lies on, and what that says about encryption on the way, writing, and access times."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from piiscan.model import Check

_NETWORK: Final = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
    }
)
_ENCRYPTING: Final = ("seal", "sec=krb5p", "xprtsec=tls", "xprtsec=mtls")
"""Mount options of SMB (mount.cifs(8)) and NFS (nfs(5)) that encrypt what travels."""
_TABLE: Final = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the mount table (proc_pid_mounts(5))."""

    point: str
    type: str
    options: tuple[str, ...]

    def checks(self, subject: str) -> list[Check]:
        """One line each: how it is reached, whether it could be written, what reading leaves behind."""
        status, way = self._way()
        writing = (
            "mounted read-only" if "ro" in self.options else "mounted for writing; files are opened for reading only"
        )
        quiet = "noatime" in self.options or os.geteuid() == 0
        atime = (
            "are left as they are"
            if quiet
            else "of files of other owners may change by reading (mount with noatime to prevent it)"
        )
        return [
            Check(subject, status, f"{self.type} mounted at {self.point}: {way}"),
            Check(subject, "ok", writing),
            Check(subject, "ok", f"access times {atime}"),
        ]

    def _way(self) -> tuple[Literal["ok", "warning"], str]:
        if self.type not in _NETWORK:
            return "ok", "a local file system"
        if self.type == "fuse.sshfs" or any(option.startswith(_ENCRYPTING) for option in self.options):
            return "ok", "a network file system, encrypted on the way"
        return (
            "warning",
            "a network file system, not known to be encrypted on the way (SMB: mount with seal; NFS: sec=krb5p)",
        )


def mount_of(path: str, table: Path = _TABLE) -> Mount | None:
    """The mount that holds an absolute path; None where the system keeps no readable table of them."""
    best: Mount | None = None
    try:
        lines = table.read_bytes().splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split(b" ")
        if len(fields) < 4:  # noqa: PLR2004 - device, point, type, options
            continue
        point = os.fsdecode(fields[1].decode("latin-1").encode("latin-1").decode("unicode_escape").encode("latin-1"))
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and (best is None or len(point) >= len(best.point)):  # the later of two hides the earlier
            best = Mount(
                point, fields[2].decode("ascii", "replace"), tuple(fields[3].decode("utf-8", "replace").split(","))
            )
    return best
