"""Children before parents, in one order whatever the order asked in; a ring is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from piiscan.deletion.order import Cycle, Edge, arrange


def hard(*pairs: str) -> list[Edge]:
    """``child>parent``."""
    return [Edge(*pair.split(">"), hard=True) for pair in pairs]


def test_children_come_first_and_equals_in_alphabetical_order() -> None:
    """Across several levels, with a table that nothing ties."""
    found = arrange(
        {"accounts", "payments", "refunds", "notes", "alone"},
        hard("payments>accounts", "refunds>payments", "notes>accounts"),
    )

    assert found == ["alone", "notes", "refunds", "payments", "accounts"]


def test_two_foreign_keys_between_the_same_tables_are_one_order() -> None:
    """A child that refers twice."""
    assert arrange({"b", "a"}, hard("b>a", "b>a")) == ["b", "a"]


def test_a_ring_is_named_from_its_first_in_the_alphabet() -> None:
    """Whatever leads into it."""
    found = arrange({"a", "b", "c", "d"}, hard("c>b", "b>d", "d>c", "a>b"))

    assert isinstance(found, Cycle)
    assert str(found) == "b -> c -> d -> b" or str(found) == "b -> d -> c -> b"


def test_an_order_that_is_only_better_gives_way_to_one_that_must_be() -> None:
    """Clocks follow foreign keys; where only one side is deleted there is no circle of deletions."""
    edges = [Edge("a", "b", hard=True), Edge("b", "a", hard=False)]

    assert arrange({"a", "b"}, edges) == ["a", "b"]
    assert arrange({"a", "b"}, edges[1:]) == ["b", "a"]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20), st.randoms())
def test_every_child_comes_before_its_parent_in_any_tables_without_a_ring(
    pairs: list[tuple[int, int]], draw: object
) -> None:
    """And the same tables have the same order, however they are listed."""
    edges = [Edge(f"t{max(pair)}", f"t{min(pair)}", hard=True) for pair in pairs if pair[0] != pair[1]]
    names = sorted({name for edge in edges for name in (edge.child, edge.parent)})
    found = arrange(names, edges)
    draw.shuffle(names)  # type: ignore[attr-defined]
    draw.shuffle(edges)  # type: ignore[attr-defined]

    assert not isinstance(found, Cycle)
    assert found == arrange(names, edges)
    assert all(found.index(edge.child) < found.index(edge.parent) for edge in edges)
