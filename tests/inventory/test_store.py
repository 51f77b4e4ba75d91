"""Opening a store: what is made, what is refused, what a fault of disk or server looks like."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import stat
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from piiscan.errors import LockedError, StoreError, UsageError
from piiscan.inventory import Inventory
from piiscan.inventory.schema import VERSION_TABLE, VERSIONS, metadata
from piiscan.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Firm

    from piiscan.inventory import RunWriter

NOBODY = 65534


def path_of(url: str) -> Path:
    """The file of a SQLite address."""
    return Path(url.removeprefix("sqlite:///"))


def commit_many(writer: RunWriter, firm: Firm) -> None:
    """Writes more than any limit of these tests lets it."""
    for number in range(10_000):
        writer.commit(firm.unit("ssn", "email", "city", path=f"public.t{number}"))


def in_child(work: Callable[[], object]) -> None:
    """Runs ``work`` in a forked process; fails with what it raised."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 - reported to the parent
            os.write(write, f"{type(problem).__name__}: {problem}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as report:
        said = report.read().decode()
    os.waitpid(child, 0)
    assert said == ""


def test_a_store_is_readable_by_its_owner_only(sqlite_url: str, firm: Firm) -> None:
    """Database, journal, shared memory and lock, whatever the umask."""
    before = os.umask(0)
    try:
        inventory = Inventory.open(sqlite_url, create=True)
        with inventory.writer() as writer:
            writer.start(firm.settings)
            modes = {name.name: stat.S_IMODE(name.stat().st_mode) for name in path_of(sqlite_url).parent.iterdir()}
    finally:
        os.umask(before)

    assert modes == {"piiscan.db": 0o600, "piiscan.db-wal": 0o600, "piiscan.db-shm": 0o600, "piiscan.db.lock": 0o600}


def test_reading_makes_nothing(sqlite_url: str) -> None:
    """A missing store is an error with a hint, and stays missing."""
    with pytest.raises(StoreError, match="there is no inventory yet") as failure:
        Inventory.open(sqlite_url)

    assert failure.value.hint == "run piiscan scan first"
    assert list(path_of(sqlite_url).parent.iterdir()) == []


def test_an_empty_schema_is_no_inventory(postgresql_url: str) -> None:
    """The same on a server."""
    with pytest.raises(StoreError, match="there is no inventory yet"):
        Inventory.open(postgresql_url)


def test_opening_twice_migrates_once(store_url: str, firm: Firm) -> None:
    """A store that is up to date is opened as it is, even while another run writes."""
    inventory = Inventory.open(store_url, create=True)
    firm.run(inventory, firm.unit("ssn"))

    with inventory.writer():
        again = Inventory.open(store_url, create=True)

    assert firm.held(again) == ["public.debtors.ssn ssn"]


def test_the_migrations_make_what_the_program_expects(inventory: Inventory) -> None:
    """Tables as migrated equal tables as declared, and every migration is known by name."""
    with inventory._address.writer().connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        difference = compare_metadata(context, metadata)

    config = Config()
    config.set_main_option("script_location", "piiscan.inventory:migrations")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert (difference, tuple(reversed(revisions))) == ([], VERSIONS)


def test_migrations_are_found_in_the_package(sqlite_url: str) -> None:
    """All of them are modules: an installed wheel carries them."""
    names = sorted(
        entry.name for entry in files("piiscan.inventory.migrations").iterdir() if entry.name != "__pycache__"
    )

    assert names == ["__init__.py", "env.py", "versions"]


@pytest.mark.parametrize("create", [True, False])
def test_a_newer_store_is_left_alone(sqlite_url: str, create: bool) -> None:
    """Its version is not one this release knows."""
    Inventory.open(sqlite_url, create=True)
    with sqlite3.connect(path_of(sqlite_url)) as store:
        store.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    store.close()

    with pytest.raises(StoreError, match="written by a newer piiscan") as failure:
        Inventory.open(sqlite_url, create=create)

    assert failure.value.hint == "upgrade piiscan on this machine"


@pytest.mark.parametrize("create", [True, False])
def test_a_database_of_another_program_is_left_alone(sqlite_url: str, create: bool) -> None:
    """A [store] url that names a scanned database by mistake adds no table to it."""
    with sqlite3.connect(path_of(sqlite_url)) as other:
        other.execute("CREATE TABLE debtors (id)")
    other.close()

    with pytest.raises(StoreError, match="belongs to another program"):
        Inventory.open(sqlite_url, create=create)

    with sqlite3.connect(path_of(sqlite_url)) as other:
        assert [name for (name,) in other.execute("SELECT name FROM sqlite_schema")] == ["debtors"]
    other.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nonsense", "[store] url is no database URL"),
        ("sqlite://", "[store] url: a store cannot be kept at 'sqlite'"),
        ("mysql+pymysql://root@127.0.0.1/x", "[store] url: a store cannot be kept at 'mysql+pymysql'"),
    ],
)
def test_an_address_of_another_kind_is_refused(url: str, problem: str) -> None:
    """With the two kinds there are as hint."""
    with pytest.raises(UsageError) as failure:
        Inventory.open(url, create=True)

    assert (failure.value.message, "sqlite:///FILE or postgresql" in failure.value.hint) == (problem, True)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://scanner@127.0.0.1:1/x",
        "postgresql+psycopg://scanner:hunter2@127.0.0.1:1/x",
        "postgresql+psycopg://scanner@127.0.0.1:1/x?password=hunter2",
    ],
)
def test_an_unreachable_server_is_one_line_without_the_password(url: str) -> None:
    """Wherever the password stood."""
    with pytest.raises(StoreError, match="cannot be reached") as failure:
        Inventory.open(url, secret=Secret("hunter2"), create=True)

    assert "hunter2" not in f"{failure.value!r} {failure.value.hint} {failure.value.__cause__!r}"
    assert failure.value.__suppress_context__


def test_a_missing_database_says_so(postgresql_url: str) -> None:
    """What the server will not open cannot be reached; the hint names all it may be."""
    missing = postgresql_url.replace("/postgres?", "/piiscan_no_such_database?")

    with pytest.raises(StoreError, match="database cannot be reached") as failure:
        Inventory.open(missing, create=True)

    assert "database, user and password" in failure.value.hint


def test_a_folder_that_is_missing_says_so(tmp_path: Path) -> None:
    """No folder is made for a store."""
    with pytest.raises(StoreError, match="No such file or directory"):
        Inventory.open(f"sqlite:///{tmp_path / 'nowhere' / 'piiscan.db'}", create=True)


def test_a_file_that_is_no_database_says_so(sqlite_url: str) -> None:
    """For the writer and for readers."""
    path_of(sqlite_url).write_bytes(b"not a database at all, but long enough to have a header" * 40)

    for create in (True, False):
        with pytest.raises(StoreError, match="is no piiscan store"):
            Inventory.open(sqlite_url, create=create)


def test_a_damaged_store_says_so(sqlite_url: str, firm: Firm) -> None:
    """Pages overwritten in the middle of the file."""
    inventory = Inventory.open(sqlite_url, create=True)
    firm.run(inventory, *(firm.unit("ssn", "email", path=f"public.t{number}") for number in range(50)))
    path = path_of(sqlite_url)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))

    with pytest.raises(StoreError, match="the store is damaged"):
        inventory.holdings()


def test_a_second_run_is_locked_out(store_url: str, firm: Firm) -> None:
    """Exit 5, until the first lets go."""
    inventory = Inventory.open(store_url, create=True)
    with (
        inventory.writer(),
        pytest.raises(LockedError, match="another run holds the store's lock"),
        Inventory.open(store_url).writer(),
    ):
        pass

    firm.run(inventory, firm.unit("ssn"))

    assert firm.held(inventory) == ["public.debtors.ssn ssn"]


def test_a_killed_process_holds_no_lock(store_url: str, firm: Firm) -> None:
    """Locks of both kinds die with their process."""
    inventory = Inventory.open(store_url, create=True)
    ready, told = os.pipe()
    child = os.fork()
    if not child:
        with inventory.writer() as writer:
            writer.start(firm.settings)
            os.write(told, b"x")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(LockedError), inventory.writer():
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    for _ in range(100):  # a server notices a moment later
        try:
            with inventory.writer() as writer:
                assert writer.start(firm.settings).resumed
            break
        except LockedError:
            signal.sigtimedwait([], 0.05)
    else:
        pytest.fail("the lock outlived its process")


def test_a_full_disk_loses_nothing(sqlite_url: str, firm: Firm) -> None:
    """One line, what was committed is kept, and the run goes on when there is room again."""
    inventory = Inventory.open(sqlite_url, create=True)
    with inventory.writer() as writer:
        writer.start(firm.settings)
        pages = writer._connection.exec_driver_sql("PRAGMA page_count").scalar()
        writer._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
        writer._connection.rollback()
        with pytest.raises(StoreError, match="the disk under the store is full") as failure:
            commit_many(writer, firm)
    committed = inventory.run(1).totals.scanned
    assert committed > 0

    record = firm.run(inventory, *(firm.unit("ssn", path=f"public.t{number}") for number in range(committed + 1)))

    assert "goes on where it stopped" in failure.value.hint
    assert (record.run_id, record.totals.scanned, record.totals.holdings) == (1, committed + 1, 3 * committed + 1)


def test_a_file_size_limit_loses_nothing(sqlite_url: str, firm: Firm) -> None:
    """The kernel refuses to let the store's files grow: one line, and the store is whole."""
    inventory = Inventory.open(sqlite_url, create=True)
    firm.run(inventory, firm.unit("ssn"))

    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        with inventory.writer() as writer:
            writer.start(firm.settings)
            with pytest.raises(StoreError, match=r"the disk under the store is full|the store's disk failed"):
                commit_many(writer, firm)

    in_child(write)

    assert "public.debtors.ssn ssn" in firm.held(inventory)
    assert firm.run(inventory).run_id == 2


def test_a_store_on_a_read_only_medium_can_be_read(firm: Firm) -> None:
    """A user who can write neither file nor folder reads it all the same."""
    folder = Path(tempfile.mkdtemp(prefix="piiscan-medium-"))
    try:
        url = f"sqlite:///{folder / 'piiscan.db'}"
        firm.run(Inventory.open(url, create=True), firm.unit("ssn"))
        for name in folder.iterdir():
            name.chmod(0o444)
        folder.chmod(0o555)

        def read() -> None:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            assert firm.held(Inventory.open(url)) == ["public.debtors.ssn ssn"]
            with (
                pytest.raises(StoreError, match=r"read-only|Permission denied|cannot be opened"),
                Inventory.open(url).writer(),
            ):
                pass

        in_child(read)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_no_permission_on_the_store_says_so(firm: Firm) -> None:
    """Another user's store is not readable."""
    folder = Path(tempfile.mkdtemp(prefix="piiscan-private-"))
    try:
        url = f"sqlite:///{folder / 'piiscan.db'}"
        Inventory.open(url, create=True)
        folder.chmod(0o755)

        def read() -> None:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            else:
                (folder / "piiscan.db").chmod(0)
            with pytest.raises(StoreError, match="cannot be opened"):
                Inventory.open(url)

        in_child(read)
    finally:
        shutil.rmtree(folder)


def test_a_reader_neither_waits_for_a_writer_nor_changes_anything(sqlite_url: str, firm: Firm) -> None:
    """In the middle of a writer's transaction a reader sees what was committed before."""
    inventory = Inventory.open(sqlite_url, create=True)
    firm.run(inventory, firm.unit("ssn"))
    with inventory.writer() as writer:
        writer.start(firm.settings)
        with writer._transaction() as connection:
            connection.exec_driver_sql("DELETE FROM holding")
            assert firm.held(Inventory.open(sqlite_url)) == ["public.debtors.ssn ssn"]
            connection.rollback()

    with pytest.raises(StoreError, match="read-only"), inventory._reading() as connection:
        connection.exec_driver_sql("DELETE FROM holding")
