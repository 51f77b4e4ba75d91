"""A MariaDB database of known content; a view on a dropped table is what cannot be read."""

from __future__ import annotations

from types import SimpleNamespace

from piiscan.model import Secret, Source

CANARY = "canary-078-05-1120"
ODD = "odd \"na'me`; 100% ?:x ünï"


def make(folder, request):
    place = request.getfixturevalue("mariadb")
    odd = ODD.replace("`", "``")
    place.run(
        "CREATE TABLE people (id int PRIMARY KEY, name text, email text)",
        f"INSERT INTO people SELECT seq, concat('name ', seq), if(seq = 7, '{CANARY}', NULL) FROM seq_0_to_29",
        "CREATE TABLE big (id int PRIMARY KEY, note text)",
        "INSERT INTO big SELECT seq * seq, concat('note ', seq) FROM seq_0_to_299",
        "CREATE TABLE empty (id int, name text)",
        f"CREATE TABLE `{odd}` (`a%b` text, `{odd}` text)",
        f"INSERT INTO `{odd}` VALUES ('x', 'y')",
        "CREATE TABLE gone (id int)",
        "CREATE VIEW broken AS SELECT id FROM gone",
        "DROP TABLE gone",
    )
    return SimpleNamespace(
        source=place.source(),
        rows={"big": 300, "empty": 0, ODD: 1, "people": 30},
        unreadable={"broken"},
        empty="empty",
        big="big",
        hostile={ODD},
        canary=CANARY,
        unreachable=Source("known", "sql", "mariadb://nobody@127.0.0.1:1/nothing", secret=Secret(CANARY)),
    )
