"""Scores codes by the trees of a model, as LightGBM does: the same leaves, added in the same order.

Which leaf of each tree a lead reaches is found for all trees at once (QuickScorer, Lucchese et al.,
SIGIR 2015): each code of each column rules leaves out. Leaves that are left are the bits of one
integer, 16 for each tree, and the first of a tree's is the one that is reached.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from struct import Struct

from leadline.scoring.encoding import MISSING
from leadline.scoring.model_file import MOST_LEAVES, Column, ColumnKind, Split, Tree

_UNIT, _BIAS = 2.0**32, 1 << 50
"""Moves are added as integers in lanes of 64 bits, in units of 2 ** -32. The bias keeps each lane
positive, so that none borrows from the next: a model file allows 1000 trees of 16 leaves, none of
which has a score beyond 1000."""


class Forest:
    """The trees of a model, made ready. It never changes."""

    def __init__(self, columns: Sequence[Column], trees: Sequence[Tree]) -> None:
        self._columns = columns
        self._trees = trees
        self._orders = [_order(tree) for tree in trees]
        self._scores = [
            [tree.leaves[leaf] for leaf in order]
            for tree, order in zip(trees, self._orders, strict=True)
        ]
        self._size = 2 * len(trees)
        self._words = Struct(f"<{len(trees)}H").unpack
        self._all = int.from_bytes(b"\xff" * self._size, "little")
        self._asked, self._left = self._masks()
        self._moves: list[list[int | None]] = [[None] * len(tree.leaves) for tree in trees]
        self._lanes = Struct(f"<{len(columns)}q")
        self._bias = len(trees) * _BIAS
        self._unmoved = int.from_bytes(self._lanes.pack(*[_BIAS] * len(columns)), "little")

    def leaves(self, codes: Sequence[int]) -> list[int]:
        """The leaf that a lead reaches in each tree, counted from the left."""
        left = self._all
        for column, masks in zip(self._asked, self._left, strict=True):
            left &= masks[codes[column]]  # MISSING is -1: the last
        first = _first_bits()
        return [first[one] for one in self._words(left.to_bytes(self._size, "little"))]

    def raw(self, leaves: Sequence[int]) -> float:
        """The raw score of the leaves: their sum, tree by tree from 0.0 as LightGBM adds (and not
        by `sum`, which compensates for rounding from Python 3.12 on)."""
        total = 0.0
        for scores, leaf in zip(self._scores, leaves, strict=True):
            total += scores[leaf]
        return total

    def contributions(self, leaves: Sequence[int]) -> list[float]:
        """How much each column moved the raw score away from its mean: the changes of the mean
        along the paths, added up by the column that was asked (Saabas, 2014)."""
        moves = [known[leaf] for known, leaf in zip(self._moves, leaves, strict=True)]
        for tree, move in enumerate(moves):
            if move is None:
                moves[tree] = self._moves[tree][leaves[tree]] = self._move(tree, leaves[tree])
        total = sum(moves)  # type: ignore[arg-type] # none of them is None any more
        lanes = self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))
        return [(lane - self._bias) / _UNIT for lane in lanes]

    def _move(self, tree: int, leaf: int) -> int:
        """What the path to a leaf moves, as one integer: a lane of 64 bits for each column."""
        move = self._unmoved
        for column, by in self._path(tree, leaf).items():
            move += round(by * _UNIT) << (64 * column)
        return move

    def _path(self, tree: int, leaf: int) -> dict[int, float]:
        found = self._trees[tree]
        node = -1 - self._orders[tree][leaf]
        parents = {
            child: place
            for place, split in enumerate(found.splits)
            for child in (split.left, split.right)
        }
        mean, moved = found.leaves[-1 - node], dict[int, float]()
        while node in parents:
            node = parents[node]
            split = found.splits[node]
            moved[split.column] = moved.get(split.column, 0.0) + mean - split.mean
            mean = split.mean
        return moved

    def _masks(self) -> tuple[list[int], list[list[int]]]:
        """The columns that are asked, and for each of their codes, the last being that of a
        missing value, the leaves that it leaves. What goes right at a split can't reach the leaves
        to its left."""
        columns, size = self._columns, len(self._trees)
        ruled: dict[int, list[list[int]]] = {}
        for number, tree in enumerate(self._trees):
            for split, bits in _under(tree, self._orders[number]):
                out = ruled.get(split.column)
                if out is None:
                    codes = columns[split.column].codes + 1
                    out = ruled[split.column] = [[0] * size for _ in range(codes)]
                _rule_out(out, split, bits, number)
        return list(ruled), [self._joined(columns[one], out) for one, out in ruled.items()]

    def _joined(self, column: Column, out: list[list[int]]) -> list[int]:
        """The leaves that each code leaves, from those that it rules out in each tree."""
        pack = Struct(f"<{len(self._trees)}H").pack
        masks = [int.from_bytes(pack(*row), "little") for row in out]
        if column.kind is not ColumnKind.CATEGORY:
            for code in range(1, column.codes):
                masks[code] |= masks[code - 1]
        return [self._all ^ one for one in masks]


def _rule_out(out: list[list[int]], split: Split, bits: int, tree: int) -> None:
    """Note which codes go right at a split; of a number only the first, as those above do, too."""
    if split.at < 0:
        for code in range(len(out) - 1):
            if code not in split.codes:
                out[code][tree] |= bits
        out[MISSING][tree] |= bits
        return
    if split.at + 2 < len(out):  # else all that is given goes left
        out[split.at + 1][tree] |= bits
    if not split.missing_left:
        out[MISSING][tree] |= bits


def _order(tree: Tree) -> list[int]:
    """The leaves of a tree from left to right."""
    splits, order, waiting = tree.splits, list[int](), [0 if tree.splits else -1]
    while waiting:
        node = waiting.pop()
        while node >= 0:
            split = splits[node]
            waiting.append(split.right)
            node = split.left
        order.append(-1 - node)
    return order


def _under(tree: Tree, order: list[int]) -> Iterator[tuple[Split, int]]:
    """Each split, with the leaves on its left side as bits."""
    bits = [0] * (len(tree.splits) + len(order))  # a leaf's place is negative: at the end
    for place, leaf in enumerate(order):
        bits[-1 - leaf] = 1 << place
    for place in range(len(tree.splits) - 1, -1, -1):  # children come after their parents
        split = tree.splits[place]
        left = bits[split.left]
        bits[place] = left | bits[split.right]
        yield split, left


@cache
def _first_bits() -> bytes:
    """The place of the lowest bit of each number below 2 ** 16 that is set."""
    places = b"\x00"
    for bit in range(MOST_LEAVES):
        places += bytes((bit,)) + places[1:]
    return places
