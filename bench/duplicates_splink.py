"""Splink 5 on the same sets, as its users would set it up: for `bench.duplicates_quality`.

Installed by hand (`pip install "splink>=5,<6"`); nothing in Leadline needs it. All rows are linked
at once, with parameters that are estimated on them.
"""

from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

_THRESHOLD = 0.95
_RECALL = 0.7
_RANDOM_PAIRS = 1e6
_SEED = 1


def clusters_by_splink(path: Path, columns: tuple[str, ...]) -> list[str]:
    """The cluster of each row of a CSV file, compared in these columns: a `*` behind one that
    blocks alone."""
    splink: Any = import_module("splink")
    table = _table(path)
    names = [column.rstrip("*") for column in columns]
    alone = [column.rstrip("*") for column in columns if column.endswith("*")]
    rules = [splink.block_on(name) for name in alone]
    rules += [splink.block_on(*pair) for pair in combinations(names, 2)]
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row_number",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[_comparison(name) for name in names],
    )
    linker = splink.Linker(table, settings, log_level=40)
    training = linker.training
    certain = [splink.block_on(*names[:3])]
    training.estimate_probability_two_random_records_match(certain, recall=_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    for pair in (names[:2], names[1:3], names[2:4]):
        training.estimate_parameters_using_expectation_maximisation(splink.block_on(*pair))
    pairs = linker.inference.predict(threshold_match_probability=_THRESHOLD)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, _THRESHOLD)
    rows = sorted(found.as_record_list(), key=lambda row: int(row["row_number"]))
    return [str(row["cluster_id"]) for row in rows]


def _table(path: Path) -> Any:
    """The rows in DuckDB, numbered in their order, with blanks as NULL."""
    connection = import_module("duckdb").connect()
    connection.execute(
        "create table rows as select *, row_number() over () as row_number "
        "from read_csv(?, all_varchar = true, nullstr = '')",
        [str(path)],
    )
    api = import_module("splink.internals.duckdb.database_api").DuckDBAPI(connection)
    return api.register("rows")


def _comparison(name: str) -> Any:
    library: Any = import_module("splink.comparison_library")
    if "name" in name:
        return library.NameComparison(name)
    if name == "email":
        return library.EmailComparison(name)
    if name in ("dob", "date_of_birth"):
        return library.DamerauLevenshteinAtThresholds(name, [1, 2])
    return library.JaroWinklerAtThresholds(name, [0.92, 0.85])
