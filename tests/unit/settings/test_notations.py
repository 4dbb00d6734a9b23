"""How values are written: what each notation takes, what it refuses, and in which words."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.model.errors import ConfigurationError
from leadline.settings.connected.sources import MAPPED_FIELDS
from leadline.settings.loading import Loaded, load
from leadline.settings.notation.notations import DURATION, PERIOD, SIZE, WORDS
from leadline.settings.top.general import Settings, declared

UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def from_environment(folder: Path, variables: Mapping[str, str]) -> Loaded:
    return load(environ=variables, folder=folder)


def problem(folder: Path, name: str, value: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        from_environment(folder, {name: value})
    (line,) = str(caught.value).splitlines()[1:]
    return line.strip()


@given(st.integers(0, 3650), st.sampled_from(list(UNITS)), st.sampled_from(["", " "]))
def test_a_duration_is_a_number_and_its_unit(number: int, unit: str, gap: str) -> None:
    assert DURATION.read(f"{number}{gap}{unit}") == number * UNITS[unit]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1.5h", timedelta(minutes=90)), ("0", timedelta()), (" 5s ", timedelta(seconds=5))],
)
def test_durations_with_fractions_blanks_and_zero(written: str, meant: timedelta) -> None:
    assert DURATION.read(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "10", "-5s", "5 sec", "5S", "5M", "s", "1e3s", "١s", "inf", "3651d", "9" * 15 + "d", 10,
     1.5, True, None, [], ["5s"], {}],
)  # fmt: skip
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValueError):
        DURATION.read(written)


def test_where_zero_makes_no_sense_it_is_refused() -> None:
    for zero in ("0", "0s", "0.0ms"):
        assert DURATION.read(zero) == timedelta()
        with pytest.raises(ValueError):
            PERIOD.read(zero)


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [("1048576", 1 << 20), ("500KB", 500_000), ("500 kb", 500_000), ("1MiB", 1 << 20), (64, 64),
     ("1.5KiB", 1536), ("2MB", 2_000_000), ("10B", 10)],
)  # fmt: skip
def test_sizes(written: object, bytes_: int) -> None:
    assert SIZE.read(written) == bytes_


@pytest.mark.parametrize("written", ["", "0", "0.1", "-1", "1GB", "1 MiBs", "MiB", "1025MiB", True])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(ValueError):
        SIZE.read(written)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DELAY", "10", "must be a duration such as 0, 500ms, 5s, 10m, 24h or 7d (at most 3650d), "
         "not '10'; add a unit, such as 10s or 10m"),
        ("LEASE", "0", "must be a duration above 0"),
        ("PORT", "65536", "must be a whole number from 0 to 65535, not '65536'"),
        ("PORT", "", "must be a whole number from 0 to 65535, not empty"),
        ("PORT", "8_080", "must be a whole number"),
        ("PORT", "٨٠٨٠", "must be a whole number"),
        ("WORKERS", "0", "must be a whole number from 1 to 1024"),
        ("HOST", " ", "must be text that is not empty, not empty"),
        ("DATA", "", "must be a folder, not empty"),
        ("MAX_BODY", "1 GB", "must be a size such as 1048576, 500KB or 1MiB"),
        ("REGION", "UK", "must be a two-letter ISO 3166 country code such as US or GB, not 'UK'"),
        ("PUBLIC_URL", "leads.example.com", "must be a URL with http:// or https://"),
        ("PUBLIC_URL", "https://leads.example.com/?a", "must be a URL with http:// or https://, w"),
        ("SHOW_URL", "https://leads.example.com/", "that contains {lead_id}, not 'https://leads"),
        ("SLACK_WEBHOOK_URL", "hooks.slack.com", "with http:// or https://, not this value"),
        ("SLACK_PER_SECOND", "0", "must be a number from 0.001 to 1000"),
        ("SLACK_PER_SECOND", "nan", "must be a number from 0.001 to 1000"),
        ("LOG_LEVEL", "verbose", "must be one of debug, info, warning, error, not 'verbose'"),
        ("LOG_FORMAT", "xml", "must be one of json, text, not 'xml'"),
        ("SOURCES__FORM__HOT_SCORE", "hot", "must be a number from -1000000000 to 1000000000"),
        ("SOURCES__FORM__TOLERANCE", "0", "sources.form.tolerance must be a duration above 0"),
        ("SOURCES__FORM__MAP__EMAIL", "", "sources.form.map.email must be text that is not empty"),
        ("DELAY", "x" * 500, "not '" + "x" * 60 + "'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_answered_with_what_is_allowed(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    line = problem(tmp_path, f"LEADLINE_{name}", value)
    assert line.startswith(f"environment LEADLINE_{name}: ")
    assert words in line


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("PUBLIC_URL", "https://leads.example.com/base/", "https://leads.example.com/base"),
        ("PUBLIC_URL", "", ""),
        ("SHOW_URL", "https://x.example.com/{lead_id}?a#b", "https://x.example.com/{lead_id}?a#b"),
        ("REGION", "gb", "GB"),
        ("REGION", "", ""),
        ("LOG_LEVEL", "WARNING", "warning"),
        ("SLACK_PER_SECOND", "0.5", 0.5),
        ("SLACK_DIGEST_ABOVE", "0", 0),
        ("DATA", "~/leads", Path.home() / "leads"),
        ("DELAY", "0", timedelta()),
    ],
)
def test_right_values_are_read(tmp_path: Path, name: str, value: str, meant: object) -> None:
    read = from_environment(tmp_path, {f"LEADLINE_{name}": value}).settings
    assert getattr(read, name.lower()) == meant


def test_every_default_is_written_as_its_notation_wants_it() -> None:
    for name, declaration in declared().items():
        if declaration.notation is WORDS:  # never empty where they are given
            assert (declaration.default, getattr(Settings(), name)) == ("", ())
        else:
            assert declaration.notation.read(declaration.default) == getattr(Settings(), name)


toml_values = st.sampled_from(
    ["1", "0", "-1", "1.5", "nan", "true", '"x"', '"10m"', "[]", "[1]", '["a"]', "{}", "{a=1}",
     "2020-01-01", "10:00:00", '""', '"https://x.example.com/{lead_id}"', "9" * 5000]
)  # fmt: skip
toml_names = st.sampled_from(
    [*declared(), "sources.close.secret", "sources.form.delay", "sources.form.map.email", "x"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.dictionaries(toml_names, toml_values, max_size=4))
def test_any_value_is_either_read_or_answered_with_its_line(
    tmp_path: Path, pairs: dict[str, str]
) -> None:
    (tmp_path / "leadline.toml").write_text("\n".join(f"{k} = {v}" for k, v in pairs.items()))
    try:
        loaded = load(environ={}, folder=tmp_path)
    except ConfigurationError as error:
        lines = str(error).splitlines()[1:]
        assert len(lines) <= len(pairs)
        assert all("leadline.toml" in line for line in lines)
    else:
        for origin in loaded.origins:
            if origin.origin != "default":
                number = int(origin.origin.removeprefix("leadline.toml line "))
                assert list(pairs)[number - 1] == origin.name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(toml=st.text(max_size=60) | st.text("[]{}=.\"'#\n ax1"), dotenv=st.text(max_size=60))
def test_no_file_whatsoever_makes_anything_but_our_own_error(
    tmp_path: Path, toml: str, dotenv: str
) -> None:
    (tmp_path / "leadline.toml").write_bytes(toml.encode(errors="surrogatepass"))
    (tmp_path / ".env").write_bytes(dotenv.encode(errors="surrogatepass"))
    with contextlib.suppress(ConfigurationError):
        loaded = load(environ={}, folder=tmp_path)
        assert {o.origin for o in loaded.origins} == {"default"}


def test_a_file_nested_very_deep_is_our_own_error(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text("port = " + "[" * 100_000)
    with pytest.raises(
        ConfigurationError, match=r"leadline.toml: the tables or lists are nested too deeply"
    ):
        load(environ={}, folder=tmp_path)


def test_a_mapping_may_place_every_field_that_a_lead_has() -> None:
    assert {"email", "phone", "company", "score", "record", "event_id"} <= set(MAPPED_FIELDS)
    assert not {"custom", "suspicions"} & set(MAPPED_FIELDS)
