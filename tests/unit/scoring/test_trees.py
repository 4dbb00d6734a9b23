"""The trees of a model: every lead reaches the leaf that a walk from the root reaches."""

import random
from collections.abc import Sequence

from leadline.scoring.encoding import MISSING
from leadline.scoring.model_file import Column, ColumnGroup, ColumnKind, Split, Tree
from leadline.scoring.trees import Forest

NUMBER = Column("a", ColumnKind.NUMBER, ColumnGroup.FIT, edges=tuple(map(float, range(9))))
WORDS = Column("b", ColumnKind.CATEGORY, ColumnGroup.FIT, words=tuple("stuvwxyz"))
COLUMNS = (NUMBER, WORDS)


def grown(chance: random.Random, leaves: int) -> Tree:
    """A tree as LightGBM grows it: any leaf is split, and keeps its place for the left side."""
    splits: list[Split] = []
    parent: dict[int, tuple[int, str]] = {}
    for new in range(1, leaves):
        leaf, place = chance.randrange(new), len(splits)
        number, mean = chance.random() < 0.6, chance.uniform(-1, 1)
        codes = () if number else tuple(sorted(chance.sample(range(9), chance.randrange(1, 8))))
        at = chance.randrange(10) if number else -1
        splits.append(
            Split(0 if number else 1, -1 - leaf, -1 - new, mean, at, chance.random() < 0.5, codes)
        )
        if leaf in parent:
            above, side = parent[leaf]
            old = splits[above]
            left, right = (place, old.right) if side == "left" else (old.left, place)
            splits[above] = Split(
                old.column, left, right, old.mean, old.at, old.missing_left, old.codes
            )
        parent[leaf], parent[new] = (place, "left"), (place, "right")
    return Tree(tuple(splits), tuple(chance.uniform(-1, 1) for _ in range(leaves)))


def walked(tree: Tree, codes: Sequence[int]) -> float:
    node = 0 if tree.splits else -1
    while node >= 0:
        split = tree.splits[node]
        code = codes[split.column]
        if split.column == 1:
            is_left = code in split.codes
        else:
            is_left = split.missing_left if code == MISSING else code <= split.at
        node = split.left if is_left else split.right
    return tree.leaves[-1 - node]


def forest_of_chance(seed: int) -> tuple[Forest, list[Tree]]:
    chance = random.Random(seed)
    trees = [grown(chance, chance.randrange(1, 17)) for _ in range(30)]
    return Forest(COLUMNS, trees), trees


def all_codes() -> list[tuple[int, int]]:
    return [(a, b) for a in range(-1, 10) for b in range(-1, 9)]


def test_all_trees_at_once_give_what_a_walk_gives() -> None:
    for seed in range(20):
        forest, trees = forest_of_chance(seed)
        for codes in all_codes():
            total = 0.0
            for tree in trees:
                total += walked(tree, codes)
            assert forest.raw(forest.leaves(codes)) == total


def test_what_columns_moved_adds_up_to_the_score_less_its_mean() -> None:
    for seed in range(5):
        forest, trees = forest_of_chance(seed)
        mean = sum(tree.splits[0].mean if tree.splits else tree.leaves[0] for tree in trees)
        for codes in all_codes():
            leaves = forest.leaves(codes)
            moved = sum(forest.contributions(leaves))
            assert abs(forest.raw(leaves) - mean - moved) < 1e-6


def test_a_column_that_no_path_asks_moved_nothing() -> None:
    tree = Tree((Split(0, -1, -2, 0.5, at=4),), (0.25, 0.75))
    forest = Forest(COLUMNS, [tree])
    assert forest.contributions(forest.leaves((0, 3))) == [-0.25, 0.0]
