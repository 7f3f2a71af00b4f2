"""A signature holds for its message and its key, in one form only; and other programs agree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from dangui.signing import es256
from dangui.signing.keep import node_key
from dangui.signing.key import ALGORITHMS, BadKey, PublicKey, generate, read_private, read_public

EVERY = pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
MESSAGE = "移送案卷 one dossier".encode()


@EVERY
def test_a_signature_holds_for_its_message_and_its_key_only(algorithm: str) -> None:
    key, other = generate(algorithm), generate(algorithm)
    signature = key.sign(MESSAGE)
    assert len(signature) == 64
    assert key.public.verify(MESSAGE, signature)
    assert not key.public.verify(MESSAGE + b".", signature)
    assert not other.public.verify(MESSAGE, signature)


@EVERY
def test_no_changed_bit_of_a_signature_leaves_it_valid(algorithm: str) -> None:
    key = generate(algorithm)
    signature = key.sign(MESSAGE)
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not key.public.verify(MESSAGE, bytes(changed)), bit


@EVERY
@pytest.mark.parametrize("wrong", [b"", b"\0" * 64, b"\xff" * 64, b"\0" * 63, b"\0" * 65, b"\0" * 64 + b"\0" * 64])
def test_what_is_no_signature_is_refused_without_an_error(algorithm: str, wrong: bytes) -> None:
    assert not generate(algorithm).public.verify(MESSAGE, wrong)


def test_the_other_value_of_s_is_refused() -> None:
    for _ in range(20):
        key = generate("es256")
        signature = key.sign(MESSAGE)
        turned = es256.ORDER - int.from_bytes(signature[32:], "big")
        assert key.public.verify(MESSAGE, signature)
        assert not key.public.verify(MESSAGE, signature[:32] + turned.to_bytes(32, "big"))


@EVERY
def test_a_key_comes_back_from_its_file(algorithm: str) -> None:
    key = generate(algorithm)
    assert read_private(key.pem) == key
    assert read_public(key.public.pem) == key.public
    assert key.secret.hex() not in repr(key)


@EVERY
def test_a_key_with_a_changed_character_is_another_key_or_none(algorithm: str) -> None:
    key = generate(algorithm)
    for at in range(len(key.public.pem)):
        changed = key.public.pem[:at] + ("A" if key.public.pem[at] != "A" else "B") + key.public.pem[at + 1 :]
        try:
            assert read_public(changed) != key.public
        except BadKey:
            continue


@pytest.mark.parametrize("text", ["", "key", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadKey):
        read_public(text)
    with pytest.raises(BadKey):
        read_private(text.replace("PUBLIC", "PRIVATE"))


@pytest.mark.parametrize("algorithm", ["es256", "sm2"])
def test_a_point_beside_its_curve_and_halves_that_do_not_belong_together_are_no_key(algorithm: str) -> None:
    one, other = generate(algorithm), generate(algorithm)
    with pytest.raises(BadKey):
        read_public(PublicKey(algorithm, one.public.raw[:63] + bytes([one.public.raw[63] ^ 1])).pem)
    with pytest.raises(BadKey):
        read_private(type(one)(other.public, one.secret).pem)


@EVERY
def test_the_key_of_a_node_is_made_once_and_readable_by_its_owner_only(tmp_path: Path, algorithm: str) -> None:
    key = node_key(tmp_path / "node", algorithm)
    path = tmp_path / "node/signing" / f"{algorithm}.pem"
    assert node_key(tmp_path / "node", algorithm) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(BadKey, match="others than its owner"):
        node_key(tmp_path / "node", algorithm)


def test_a_node_has_no_key_of_an_unknown_algorithm_and_none_under_a_wrong_name(tmp_path: Path) -> None:
    with pytest.raises(BadKey):
        node_key(tmp_path, "rot13")
    node_key(tmp_path, "es256")
    (tmp_path / "signing/es256.pem").rename(tmp_path / "signing/ed25519.pem")
    with pytest.raises(BadKey, match="holds a key of es256"):
        node_key(tmp_path, "ed25519")


def as_der(algorithm: str, signature: bytes) -> bytes:
    """What openssl expects: for the curves, r and s as a DER sequence."""
    if algorithm == "ed25519":
        return signature
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl")
@EVERY
def test_openssl_agrees_about_keys_and_signatures(tmp_path: Path, algorithm: str) -> None:
    key = generate(algorithm)
    for name, content in (
        ("public.pem", key.public.pem.encode()), ("private.pem", key.pem.encode()), ("message", MESSAGE),
        ("signature", as_der(algorithm, key.sign(MESSAGE))), ("other", MESSAGE + b"."),
    ):
        (tmp_path / name).write_bytes(content)
    derived = openssl("pkey", "-in", tmp_path / "private.pem", "-pubout")
    assert derived.stdout == key.public.pem
    how = {
        "ed25519": ["-rawin"], "es256": ["-rawin", "-digest", "sha256"],
        "sm2": ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
    }[algorithm]
    public = ["-pubin", "-inkey", tmp_path / "public.pem", "-sigfile", tmp_path / "signature"]
    assert openssl("pkeyutl", "-verify", *public, "-in", tmp_path / "message", *how).returncode == 0
    assert openssl("pkeyutl", "-verify", *public, "-in", tmp_path / "other", *how).returncode != 0
