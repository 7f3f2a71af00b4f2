"""The canonical form is RFC 8785, byte for byte, and refuses what other programs would read differently."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dangui.core.digest import LARGEST, canonical, digest, sha256

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=25,
)


@given(JSON)
def test_any_value_has_the_bytes_of_another_implementation(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
def test_the_form_is_canonical_again_when_it_was_read_back(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_keys_sort_by_utf16_beyond_plane_zero() -> None:
    value = {"\uff5e": 1, "\U0001f600": 2, "a": {"\ufb33": 3, "\U00010000": 4}}
    assert canonical(value) == rfc8785.dumps(value)
    assert list(json.loads(canonical(value))) == ["a", "\U0001f600", "\uff5e"]


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {"a": [0.5]},
        {1: "a"},
        {"a": {None: 1}},
        LARGEST + 1,
        -LARGEST - 1,
        "\ud800",
        {"\udfff": 1},
        b"bytes",
        {"set"},
        [object()],
    ],
)
def test_what_others_would_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        canonical(value)


def test_a_digest_is_lower_case_sha256_of_the_form() -> None:
    assert digest({"b": 1, "a": [True, None]}) == hashlib.sha256(b'{"a":[true,null],"b":1}').hexdigest()
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
