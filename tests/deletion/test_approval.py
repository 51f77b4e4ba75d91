"""Who may approve a plan, by which key; what counts as an approval and what does not."""

from __future__ import annotations

import base64
import json
import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from piiscan.deletion import APPROVAL, PlanFolder, new_private_key, public_text, read_approval, read_private_key, sign
from piiscan.deletion.approval import approved
from piiscan.errors import PiiscanError, RefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

BO, ANN = Ed25519PrivateKey.from_private_bytes(bytes(32)), Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LISTED = {"Bo": public_text(BO), "ann": public_text(ANN)}
PLAN = {"plan_id": "ab" * 32, "author": "Ann"}


def approve(tmp_path: Path, *, listed: dict[str, str] = LISTED) -> PlanFolder:
    """A folder with Bo's approval in it."""
    folder = PlanFolder(tmp_path)
    (tmp_path / APPROVAL).write_text(json.dumps(sign(folder, PLAN, BO, listed, None)))
    return folder


def test_an_approval_is_a_signature_over_the_plans_id(tmp_path: Path) -> None:
    """Anybody with the public key can check it; who approved is told."""
    folder = approve(tmp_path)
    found = json.loads((tmp_path / APPROVAL).read_text())

    BO.public_key().verify(base64.b64decode(found["signature"]), PLAN["plan_id"].encode())
    assert approved(folder, PLAN, LISTED).approver == "Bo"
    assert {key: found[key] for key in ("plan_id", "approver", "public_key")} == {
        "plan_id": PLAN["plan_id"],
        "approver": "Bo",
        "public_key": public_text(BO),
    }


@pytest.mark.parametrize(
    ("key", "listed", "name", "message"),
    [
        (ANN, LISTED, None, "Ann made the plan and may not approve it"),
        (BO, {"ANN ": public_text(BO)}, None, "Ann made the plan and may not approve it"),
        (BO, {"Bo": public_text(BO), "ann": public_text(BO)}, "Bo", "Ann made the plan and may not approve it"),
        (BO, {"ann": public_text(ANN)}, None, "this key is not listed under [security] approvers"),
        (BO, {}, None, "this key is not listed under [security] approvers"),
        (BO, {"Bo": "ed25519:short"}, None, "this key is not listed under [security] approvers"),
        (BO, LISTED, "Cy", "this key is not listed for 'Cy' under [security] approvers"),
        (BO, LISTED, "ann", "this key is not listed for 'ann' under [security] approvers"),
    ],
)
def test_who_may_not_approve_is_refused(
    key: Ed25519PrivateKey, listed: dict[str, str], name: str | None, message: str, tmp_path: Path
) -> None:
    """The author by any spelling and by any name for the author's key; who is not listed; another's name."""
    with pytest.raises(RefusedError) as caught:
        sign(PlanFolder(tmp_path), PLAN, key, listed, name)

    assert caught.value.message == message
    assert caught.value.hint


def test_a_name_chooses_among_several_for_one_key(tmp_path: Path) -> None:
    """A team's key."""
    assert sign(PlanFolder(tmp_path), PLAN, BO, {**LISTED, "Cy": public_text(BO)}, "Cy")["approver"] == "Cy"


def test_a_plan_is_approved_once(tmp_path: Path) -> None:
    """A second approval must be wanted."""
    folder = approve(tmp_path)

    with pytest.raises(RefusedError) as caught:
        sign(folder, PLAN, BO, LISTED, None)

    assert caught.value.message == "the plan was approved already, by Bo"


@pytest.mark.parametrize("field", ["plan_id", "approver", "public_key", "signature"])
def test_an_approval_that_was_changed_does_not_count(field: str, tmp_path: Path) -> None:
    """Whatever of it: another plan's, another name, another key, another signature."""
    folder = approve(tmp_path)
    found = json.loads((tmp_path / APPROVAL).read_text())
    other = {
        "plan_id": "cd" * 32,
        "approver": "ann",
        "public_key": public_text(ANN),
        "signature": base64.b64encode(bytes(64)).decode(),
    }
    (tmp_path / APPROVAL).write_text(json.dumps({**found, field: other[field]}))

    with pytest.raises(RefusedError):
        approved(folder, PLAN, LISTED)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan_id": 1}', "no json"])
def test_what_is_no_approval_is_refused(text: str, tmp_path: Path) -> None:
    """Damaged files."""
    (tmp_path / APPROVAL).write_text(text)

    with pytest.raises(RefusedError):
        approved(PlanFolder(tmp_path), PLAN, LISTED)


def test_without_an_approval_there_is_none(tmp_path: Path) -> None:
    """The folder of a new plan."""
    assert read_approval(PlanFolder(tmp_path), PLAN) is None
    with pytest.raises(RefusedError) as caught:
        approved(PlanFolder(tmp_path), PLAN, LISTED)
    assert caught.value.message == "the plan is not approved"


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ({}, "Bo is not listed with this key under [security] approvers"),
        ({"Bo": public_text(ANN)}, "Bo is not listed with this key under [security] approvers"),
        ({"Bo": public_text(BO), "ann": public_text(BO)}, "Ann made the plan and may not approve it"),
    ],
)
def test_an_approval_counts_only_while_the_approver_is_listed_and_not_the_author(
    listed: dict[str, str], message: str, tmp_path: Path
) -> None:
    """The configuration of the day it is carried out decides."""
    folder = approve(tmp_path)

    with pytest.raises(RefusedError) as caught:
        approved(folder, PLAN, listed)

    assert caught.value.message == message


def test_a_new_key_is_private_and_never_written_over(tmp_path: Path) -> None:
    """PEM, mode 0600."""
    made = new_private_key(tmp_path / "key.pem")

    assert public_text(read_private_key(tmp_path / "key.pem")) == public_text(made)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    with pytest.raises(UsageError):
        new_private_key(tmp_path / "key.pem")
    with pytest.raises(PiiscanError):
        new_private_key(tmp_path / "none" / "key.pem")


def test_a_key_may_be_32_bytes_in_base64(tmp_path: Path) -> None:
    """With a line break at its end."""
    path = tmp_path / "key"
    path.write_text(base64.b64encode(bytes(32)).decode() + "\n")
    path.chmod(0o600)

    assert public_text(read_private_key(path)) == LISTED["Bo"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    """Whoever has it can approve."""
    new_private_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)

    with pytest.raises(RefusedError) as caught:
        read_private_key(tmp_path / "key.pem")

    assert caught.value.hint == f"chmod 600 {tmp_path / 'key.pem'}"


def test_what_is_no_ed25519_key_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    """Other kinds of key, keys under a password, public keys, noise."""
    pem = (Encoding.PEM, PrivateFormat.PKCS8)
    wrong = [
        generate_private_key(SECP256R1()).private_bytes(*pem, NoEncryption()),
        BO.private_bytes(*pem, BestAvailableEncryption(b"secret")),
        public_text(BO).encode(),
        b"not a key",
        base64.b64encode(bytes(31)),
        b"",
    ]
    path = tmp_path / "key"
    for raw in wrong:
        path.write_bytes(raw)
        path.chmod(0o600)
        with pytest.raises(UsageError) as caught:
            read_private_key(path)
        assert caught.value.message == f"{path} holds no Ed25519 private key"
    with pytest.raises(UsageError):
        read_private_key(tmp_path / "none")
