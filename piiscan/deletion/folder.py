"""The folder of a plan: what lies in it, written as a whole or not at all, for nobody but its owner."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from piiscan import plugins
from piiscan.deletion.body import plan_of
from piiscan.deletion.identity import plan_id, plan_seal
from piiscan.deletion.keys import check_keys, read_keys
from piiscan.errors import PiiscanError, RefusedError, UsageError
from piiscan.model.judging import Among

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.deletion.plan import Plan
    from piiscan.model import Document, Secret

PLAN: Final = "plan.json"
SQL: Final = "plan.sql"
APPROVAL: Final = "approval.json"
EVIDENCE: Final = "evidence.jsonl"
HEAD: Final = "evidence.sig.json"
VERIFICATION: Final = "verification.json"
_AGAIN: Final = "it was changed since it was made: plan again"


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """One plan's folder. Its methods raise RefusedError where what lies in it is not what was made."""

    path: Path

    def document(self) -> dict[str, Any]:
        """``plan.json``, proved to be what its id says."""
        found = self.read(PLAN)
        if found is None:
            raise RefusedError(f"{self.path} holds no finished plan", hint="piiscan delete plan -o DIR makes one")
        try:
            intact = isinstance(found["plan_id"], str) and hmac.compare_digest(plan_id(found), found["plan_id"])
            for step in found["steps"]:
                _ = (step["order"], step["keys_file"], step["source"], step["container"], step["rows"])
        except (KeyError, TypeError, ValueError):
            intact = False
        if not intact:
            raise RefusedError(f"{self.path / PLAN} is not what its id says", hint=_AGAIN)
        if _sha256(self.path / SQL) != found.get("sql_sha256"):
            raise RefusedError(f"{self.path / SQL} does not say what the plan does", hint=_AGAIN)
        return found

    def plan(self, document: dict[str, Any], secret: Secret) -> Plan:
        """The plan, proved to be made with the firm's key, every key file opened and counted."""
        self.check_seal(document, secret)
        plan = plan_of(document, secret)
        for step in plan.steps:
            found = check_keys(secret, step.order, self.path / step.keys_file)
            if (found.rows, found.hmac) != (step.rows, step.keys_hmac):
                raise RefusedError(
                    f"{self.path / step.keys_file} does not hold the keys of step {step.order}", hint=_AGAIN
                )
        return plan if plan.against == "schedule" else self._of_persons(plan, secret)

    def _of_persons(self, plan: Plan, secret: Secret) -> Plan:
        """The plan of a request or of minors, whose steps speak of the rows in their key files and of no others."""
        steps = []
        for step in plan.steps:
            frames = read_keys(secret, step.order, self.path / step.keys_file)
            among = Among(step.key, tuple(key for frame in frames for key in frame))
            steps.append(replace(step, judgment=replace(step.judgment, among=among)))
        return replace(plan, steps=tuple(steps))

    def has_evidence(self) -> bool:
        """Whether carrying the plan out was begun."""
        return (self.path / EVIDENCE).exists()

    def check_seal(self, document: dict[str, Any], secret: Secret) -> None:
        """Nothing, when the plan was made with the firm's key and not changed since."""
        if not hmac.compare_digest(plan_seal(document, secret), str(document.get("seal"))):
            raise RefusedError(
                f"{self.path / PLAN} was not made with this firm's key, or was changed",
                hint="plan again, with the key that [security] names",
            )

    def read(self, name: str) -> dict[str, Any] | None:
        """A JSON file of the folder; None where it is not there. Raises RefusedError for one that is damaged."""
        path = self.path / name
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise UsageError(f"{self.path} is no folder", hint="name the folder of a plan") from None
        except ValueError:
            found = None
        except OSError as error:
            raise PiiscanError(f"{path}: {os.strerror(error.errno or 0)}") from None
        if not isinstance(found, dict):
            raise RefusedError(f"{path} is damaged", hint=_AGAIN)
        return found

    def write(self, name: str, text: str) -> None:
        """Writes a file as a whole or not at all, mode 0600, and waits until it is on the disk. Raises PiiscanError."""
        try:
            handle, made = tempfile.mkstemp(prefix=f".{name}.", dir=self.path)  # made with mode 0600
            try:
                with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                    out.write(text)
                    out.flush()
                    os.fsync(out.fileno())
                Path(made).replace(self.path / name)
            except BaseException:
                Path(made).unlink(missing_ok=True)
                raise
            self.sync()
        except OSError as error:
            raise PiiscanError(f"{self.path / name}: {os.strerror(error.errno or 0)}") from None

    def write_plan(self, document: Document, secret: Secret) -> dict[str, Any]:
        """The document as it was written: with its id and its seal."""
        made: dict[str, Any] = json.loads(as_json(document))
        made["plan_id"] = plan_id(made)
        made["seal"] = plan_seal(made, secret)
        whole = replace(document, body={"plan_id": made["plan_id"], "seal": made["seal"], **document.body})
        self.write(PLAN, as_json(whole))
        return made

    def empty(self, *, remove: bool) -> None:
        """Takes out everything, and with ``remove`` the folder itself, as far as that can be done."""
        with suppress(OSError):
            for path in self.path.iterdir():
                path.unlink()
            if remove:
                self.path.rmdir()

    def sync(self) -> None:
        """Waits until the names in the folder are on the disk."""
        fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def new_folder(path: Path) -> PlanFolder:
    """A new, empty folder, mode 0700. Raises UsageError for one that holds something already; PiiscanError."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if any(path.iterdir()):
            raise UsageError(f"{path} is not empty", hint="name a new folder: a plan is never written over")
        path.chmod(0o700)
    except OSError as error:
        raise PiiscanError(f"{path}: {os.strerror(error.errno or 0)}", hint="name a folder that may be made") from None
    return PlanFolder(path)


def json_text(body: Mapping[str, object]) -> str:
    """A small file of the folder, as text."""
    return json.dumps(body, indent=2) + "\n"


def as_json(document: Document) -> str:
    """The document as JSON text."""
    out = io.StringIO()
    plugins.renderer("json")().render(document, out, width=120, color=False)
    return out.getvalue()


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
