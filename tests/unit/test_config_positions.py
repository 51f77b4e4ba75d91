"""Keys are found on their lines, however TOML lets them be written."""

from __future__ import annotations

from importlib import resources
from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from piiscan.config.positions import find_lines


def test_every_way_to_write_a_key_is_found():
    """Dotted, quoted, inline, in arrays, after comments and strings of many lines."""
    text = """a = 1  # [not.a.table]
b.c."d e" = '''
[x]
y = 1
'''
[t]
"k\\u0065y" = [
  1, [2,
  3],
]
i = { x = 1, y.z = { w = 2026-01-01T10:00:00.5Z } }
[[r]]
n = "[[r]]"
[[r]]
[r.s]
n = -1.5e3
[[r.u]]
m = \"\"\"a "quoted\\" = word\"\"\"
"""
    assert find_lines(text) == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 2,
        ("b", "c", "d e"): 2,
        ("t",): 6,
        ("t", "key"): 7,
        ("t", "key", 0): 8,
        ("t", "key", 1): 8,
        ("t", "key", 1, 0): 8,
        ("t", "key", 1, 1): 9,
        ("t", "i"): 11,
        ("t", "i", "x"): 11,
        ("t", "i", "y"): 11,
        ("t", "i", "y", "z"): 11,
        ("t", "i", "y", "z", "w"): 11,
        ("r",): 12,
        ("r", 0): 12,
        ("r", 0, "n"): 13,
        ("r", 1): 14,
        ("r", 1, "s"): 15,
        ("r", 1, "s", "n"): 16,
        ("r", 1, "u"): 17,
        ("r", 1, "u", 0): 17,
        ("r", 1, "u", 0, "m"): 18,
    }


def _places(value: Any, place: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place for place in [place] if place}.union(*(_places(item, (*place, key)) for key, item in items))


def test_the_shipped_template_has_every_key_on_a_line():
    """What tomli reads and what is found on lines are the same keys."""
    text = resources.files("piiscan.config").joinpath("template.toml").read_text("utf-8")
    assert set(find_lines(text)) == _places(tomli.loads(text))


_KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f g'", '"h\\"i"'])
_SCALARS = st.sampled_from(
    ["1", "-0.5", "true", '"#"', "'[x]'", "2026-01-01", "2026-01-01 10:00:00", '"""\n= \\" ]\n"""', "'''\n{'''"]
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ",\n # ] = \n".join(items) + "]"),
        st.dictionaries(_KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{k} = {v}" for k, v in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["t", "[r]", "r.s", "[r.u]", "v.'w x'"]), st.dictionaries(_KEYS, _VALUES, max_size=3)
        ),
        max_size=6,
    )
)
def test_any_text_that_tomli_reads_has_all_its_keys_found(tables):
    """The keys found are exactly those that are there, for any mixture of tables and values."""
    text = "".join(
        f"[{header}]\n" + "".join(f"{key} = {value}\n" for key, value in pairs.items()) for header, pairs in tables
    )
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    assert set(find_lines(text)) == _places(data)
