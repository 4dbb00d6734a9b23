"""How well duplicates are found, by public data sets: one line per set, beside its goal.

    python -m bench.duplicates_quality [FOLDER]     # or: make bench-quality

FOLDER (default ../shared/datasets) holds the sets that its SOURCES.md describes. The rows go
through refinement and linking as if they arrived one after another. The weights are those that come
with Leadline: they were set by hand with these sets in view, and fitted to none of them. Only what
a lead has counts, neither dates of birth nor social security numbers; with them, the figures stand
below. Pairs are counted, and clusters by B-cubed.
"""

import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bench.duplicates_splink import clusters_by_splink
from leadline.duplicates.measuring.evaluating import Evaluation, clusters_found, evaluated
from leadline.duplicates.measuring.tables import labelled_rows
from leadline.duplicates.weights import Weights
from leadline.model.lead import LeadFields

DEFAULT = Path(__file__).parents[2] / "shared" / "datasets"
_BIRTH = ("dob", "date_of_birth", "soc_sec_id")


class Goal(NamedTuple):
    """The goals of a set: F1 of pairs, and of clusters (None: no goal). `columns` are those that
    Splink compares, `born` the one with the date of birth."""

    file: str
    pairs: float | None
    clusters: float | None = None
    cluster: str = ""
    label: Callable[[str], str] = str
    columns: tuple[str, ...] = ()
    born: str = ""


def _of_febrl(record: str) -> str:
    """The person of a FEBRL record: "12" of "rec-12-dup-0"."""
    return record.split("-")[1]


_ADDRESSES = (
    "given_name",
    "surname*",
    "address_1*",
    "postcode*",
    "street_number",
    "suburb",
    "address_2",
)
_OF_PEOPLE = ("first_name*", "surname*", "email*", "city")
_OF_HISTORY = ("first_name", "surname*", "birth_place", "postcode_fake*", "occupation")
GOALS = (
    Goal("dedupe_people_email.csv", 0.86, 0.93, columns=_OF_PEOPLE, born="dob"),
    Goal("dedupe_organisations.csv", 0.97, columns=("site_name*", "address*", "phone*", "zip")),
    *(
        Goal(f"dedupe_febrl{n}.csv", aim, None, "rec_id", _of_febrl, _ADDRESSES, "date_of_birth")
        for n, aim in ((1, 0.997), (2, 0.979), (3, 0.970))
    ),
    Goal("dedupe_historical_people.csv", 0.77, 0.84, columns=_OF_HISTORY, born="dob"),
)
INSTALL = "Splink is not installed (pip install 'splink>=5,<6'): there are no figures of it"


def run(folder: Path = DEFAULT) -> Iterator[str]:
    """One printable line per measure, as it is ready."""
    if not folder.is_dir():
        yield f"duplicates: no data sets in {folder}; nothing was measured"
        return
    yield f"{'duplicates':<52} {'precision':>9} {'recall':>8} {'F1':>8}   goal"
    for goal in GOALS:
        if (folder / goal.file).is_file():
            yield from measured(folder, goal)
        else:
            yield f"{goal.file:<52} skipped: it is not in {folder}"
    if find_spec("splink") is None:
        yield INSTALL


def measured(folder: Path, goal: Goal) -> Iterator[str]:
    """The lines of one set."""
    rows, labels = labelled_rows(folder / goal.file, goal.cluster)
    true = [goal.label(label) for label in labels]
    plain = [_without_birth(row) for row in rows]
    started = time.thread_time()
    result = evaluated(clusters_found(plain, Weights.load_default()), true)
    spent = (time.thread_time() - started) / len(rows) * 1e6
    name = goal.file.removeprefix("dedupe_").removesuffix(".csv")
    yield from _lines(name, result, goal)
    yield from _by_splink(folder / goal.file, name, true, goal.columns)
    yield f"{name + ': refining, finding and linking a row':<52} {spent:>9.0f} µs"
    if plain != rows:
        with_birth = evaluated(clusters_found(rows, Weights.load_default()), true)
        born = f"{name}, with dates of birth"
        yield from _lines(born, with_birth, Goal("", None))
        yield from _by_splink(folder / goal.file, born, true, (*goal.columns, goal.born))


def _by_splink(path: Path, name: str, true: list[str], columns: tuple[str, ...]) -> Iterator[str]:
    """The figures of Splink for the same set, if it is installed."""
    if find_spec("splink") is not None:
        result = evaluated(clusters_by_splink(path, columns), true)
        yield from _lines(f"{name}, Splink {version('splink')}", result, Goal("", None))


def _lines(name: str, result: Evaluation, goal: Goal) -> Iterator[str]:
    for title, score, wanted in (
        ("pairs", result.pairs, goal.pairs),
        ("clusters", result.clusters, goal.clusters),
    ):
        aim = "" if wanted is None else f"{wanted:.3f} {'met' if score.f1 >= wanted else 'missed'}"
        figures = f"{score.precision:>9.4f} {score.recall:>8.4f} {score.f1:>8.4f}"
        yield f"{name + ': ' + title:<52} {figures}   {aim}".rstrip()


def _without_birth(row: LeadFields) -> LeadFields:
    kept = {name: value for name, value in row.custom.items() if name not in _BIRTH}
    if kept == row.custom:
        return row
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    return LeadFields(**fields | {"custom": kept})


if __name__ == "__main__":
    for line in run(Path(sys.argv[1]) if sys.argv[1:] else DEFAULT):
        print(line, flush=True)
