"""Key folder — 密钥存放: a node's signing keys in its data folder, each readable by its owner only."""

from __future__ import annotations

from pathlib import Path

from dangui.signing.key import ALGORITHMS, BadKey, PrivateKey, generate, read_private
from dangui.store.keys import write_private

FOLDER = "signing"


def node_key(home: Path, algorithm: str = "ed25519") -> PrivateKey:
    """The node's key of that algorithm from ``<home>/signing/<algorithm>.pem``, made there on first use (mode 0600).

    Raises BadKey if the file holds another kind of key, or if others than its owner may read it.
    """
    if algorithm not in ALGORITHMS:
        raise BadKey(f"{algorithm!r} is no algorithm of ours")
    path = home / FOLDER / f"{algorithm}.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, generate(algorithm).pem)
    if path.stat().st_mode & 0o077:
        raise BadKey(f"{path} can be read by others than its owner")
    key = read_private(path.read_text("ascii"))
    if key.public.algorithm != algorithm:
        raise BadKey(f"{path} holds a key of {key.public.algorithm}")
    return key
