"""Fits the weights of the search for duplicates by Splink (the optional extra `fit`).

Splink estimates how often each outcome of a comparison occurs among leads of one person (m) and of
two (u); the outcomes are those of `leadline.duplicates`, so that its weights can be used as they
are. Splink 5 and DuckDB run in this process, in memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import log2
from typing import Any

import msgspec

from leadline.duplicates.comparing import compared
from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.measuring.fitting import GREATEST, KEPT, RARER
from leadline.duplicates.weights import FORMAT, Weights
from leadline.model.errors import ConfigurationError
from leadline.model.facts.likeness import Traits

INSTALL = "fitting by Splink needs Splink 5, which the extra fit of Leadline brings"
_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "name": ("first", "last", "name"),
    "company": ("company",),
}
"""The candidate keys by which pairs are found, and the comparisons that say nothing of such pairs,
because they agree."""
_LEAST_SEEN = 10
_PAIRS, _SEED, _RECALL = 2e4, 1, 0.7
"""The pairs of chance are few, because Splink asks our comparison for each level of each."""
_REMEMBERED = 1 << 16


def weights_by_splink(
    leads: Sequence[Traits], start: Weights, clusters: Sequence[str] | None = None
) -> Weights:
    """The weights for *leads*, beginning with those of *start*; *clusters* are their true clusters,
    None if they are not known. What Splink could not estimate keeps its weight.

    Raises ConfigurationError if Splink 5 is not installed.
    """
    splink = _splink()
    linker = splink.Linker(_table(leads, clusters, start), _settings(splink, start), log_level=40)
    training = linker.training
    training.estimate_u_using_random_sampling(
        max_pairs=_PAIRS, seed=_SEED, min_count_per_level=_LEAST_SEEN
    )
    if clusters is not None:
        training.estimate_m_from_label_column("cluster")
    else:
        certain = [splink.block_on("k_email"), splink.block_on("k_phone")]
        training.estimate_probability_two_random_records_match(certain, recall=_RECALL)
        for key in _BLOCKS:
            if _is_shared(leads, key):
                rule = splink.block_on(f"k_{key}")
                training.estimate_parameters_using_expectation_maximisation(rule)
    model = linker.misc.save_model_to_json()
    prior = float(model["probability_two_random_records_match"])
    if clusters is not None:
        prior = _share_of_pairs(clusters)
    levels = {**start.levels, **dict(estimated(model))}
    bits = round(log2(max(prior, 1e-9) / max(1 - prior, 1e-9)), 2)
    return Weights(FORMAT, bits, levels, start.first, start.last, start.company)


def _splink() -> Any:
    try:
        import duckdb  # noqa: F401 # an optional package, as the next one
        import numpy  # noqa: F401 # DuckDB needs it to call us
        import splink
    except ImportError as error:
        raise ConfigurationError(f"{INSTALL} ({error})") from error
    if str(splink.__version__).partition(".")[0] != "5":
        raise ConfigurationError(f"{INSTALL} (version 5, not {splink.__version__})")
    return splink


def _table(leads: Sequence[Traits], clusters: Sequence[str] | None, weights: Weights) -> Any:
    """The leads in DuckDB, with their candidate keys, and the function that compares two."""
    import duckdb
    from splink.internals.duckdb.database_api import DuckDBAPI

    connection = duckdb.connect()
    names = [f"k_{key}" for key in _BLOCKS]
    connection.create_function("outcome", _outcomes(weights))
    columns = ", ".join(f"{name} varchar" for name in ("traits", "cluster", *names))
    connection.execute(f"create table leads (number integer, {columns})")
    rows = []
    for number, traits in enumerate(leads):
        keys = candidate_keys(traits)
        found = [key.hex() if (key := keys.get(one)) else None for one in _BLOCKS]
        cluster = clusters[number] if clusters is not None else None
        rows.append([number, msgspec.json.encode(traits).decode(), cluster, *found])
    connection.executemany("insert into leads values (?, ?, ?, ?, ?, ?, ?)", rows)
    return DuckDBAPI(connection).register("leads")


def _outcomes(weights: Weights) -> Any:
    """What the comparison of two leads says about one group of codes, "" if nothing."""

    @lru_cache(_REMEMBERED)  # Splink asks once for each level
    def codes(one: str, other: str) -> tuple[str, ...]:
        a, b = (msgspec.json.decode(each, type=Traits) for each in (one, other))
        return tuple(code for code, _ in compared(a, b, weights).findings)

    def outcome(one: str, other: str, group: str) -> str:
        return next((code for code in codes(one, other) if _group(code) == group), "")

    return outcome


def _group(code: str) -> str:
    return code.partition(".")[0]


def _settings(splink: Any, start: Weights) -> Any:
    groups: dict[str, list[str]] = defaultdict(list)
    for code in start.levels:
        if code not in KEPT:
            groups[_group(code)].append(code)
    from splink import comparison_library as library

    return splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="number",
        blocking_rules_to_generate_predictions=[splink.block_on(f"k_{key}") for key in _BLOCKS],
        comparisons=[
            library.CustomComparison(_levels(group, codes), output_column_name=group)
            for group, codes in groups.items()
        ],
        additional_columns_to_retain=["cluster"],
    )


def _levels(group: str, codes: Sequence[str]) -> list[dict[str, Any]]:
    """The levels of a comparison. They name the keys of the group, so that Splink does not learn
    from pairs that were found by these."""
    keys = [key for key, groups in _BLOCKS.items() if group in groups]
    named = "".join(f""" and coalesce("k_{key}_l", "k_{key}_r", '') is not null""" for key in keys)
    asked = f"""outcome("traits_l", "traits_r", '{group}')"""
    nothing = {"sql_condition": f"{asked} = ''{named}", "is_null_level": True}
    levels = [
        {"sql_condition": f"{asked} = '{code}'{named}", "label_for_charts": code} for code in codes
    ]
    return [nothing, *levels, {"sql_condition": "ELSE", "label_for_charts": "else"}]


def _is_shared(leads: Sequence[Traits], key: str) -> bool:
    """Whether two leads have a key in common."""
    keys = [found for lead in leads if (found := candidate_keys(lead).get(key))]
    return len(keys) > len(set(keys))


def _share_of_pairs(clusters: Sequence[str]) -> float:
    pairs = len(clusters) * (len(clusters) - 1) / 2
    same = sum(size * (size - 1) / 2 for size in Counter(clusters).values())
    return same / max(1.0, pairs)


def estimated(model: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The weights of the levels that Splink could estimate. That of an agreement to which the
    rarity of the value comes is m alone: the rarity stands for u."""
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            code, m = level.get("label_for_charts"), level.get("m_probability")
            u = 1.0 if code in RARER else level.get("u_probability")
            if _group(str(code)) == comparison["output_column_name"] and m and u:
                yield str(code), round(max(-GREATEST, min(GREATEST, log2(m / u))), 2)
