"""A folder of known content: a file a format, hostile names, and what cannot be read among it."""

from __future__ import annotations

import gzip
import os
import zipfile
from types import SimpleNamespace

from piiscan.model import Secret, Source

CANARY = "canary-078-05-1120"
ODD = "odd \"na'me`; 100% ?:x ünï.csv"


def make(folder, request):
    root = folder / "share"
    (root / "sub").mkdir(parents=True)
    people = "id,name,email\n" + "".join(f"{n},name {n},{CANARY if n == 7 else ''}\n" for n in range(30))
    (root / "people.csv").write_text(people)
    (root / "sub" / "big.csv").write_text("id,note\n" + "".join(f"{n * n},note {n}\n" for n in range(300)))
    (root / "empty.txt").write_text("")
    (root / ODD).write_text("id,note\n1,x\n")
    (root / "notes.txt").write_text(f"call {CANARY}\n" * 3)
    (root / "lines.jsonl").write_text(f'{{"id": 1, "name": "{CANARY}"}}\n{{"id": 2}}\n')
    (root / "people.csv.gz").write_bytes(gzip.compress(people.encode()))
    with zipfile.ZipFile(root / "all.zip", "w") as archive:
        archive.writestr("a/people.csv", people)
        archive.writestr("b.txt", CANARY)
    os.mkfifo(root / "pipe")
    (root / "letter.pdf").write_bytes(b"%PDF-1.7\n" + CANARY.encode())
    made = request.getfixturevalue("pictures")
    (root / "photo.jpg").write_bytes(made.jpeg(made.exif([made.text(0x13B, CANARY), made.text(0x9999, CANARY)])))
    (root / "cut.zip").write_bytes((root / "all.zip").read_bytes()[:-40])
    (root / "gone.txt").symlink_to(f"/{CANARY}")
    return SimpleNamespace(
        source=Source("known", "files", f"file://{root}"),
        rows={
            "all.zip": 31,
            "empty.txt": 0,
            "lines.jsonl": 2,
            "notes.txt": 1,
            "people.csv": 30,
            "photo.jpg": 1,
            "people.csv.gz": 30,
            "sub/big.csv": 300,
            ODD: 1,
        },
        unreadable={"cut.zip", "gone.txt", "letter.pdf", "photo.jpg", "pipe"},  # of the photograph the picture itself
        empty="empty.txt",
        big="sub/big.csv",
        hostile={ODD},
        canary=CANARY,
        unreachable=Source("known", "files", f"file://{folder}/missing", secret=Secret(CANARY)),
    )
