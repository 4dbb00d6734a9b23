"""Where settings come from, which place wins, and what is said when something is wrong."""

import pickle
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.model.rights import GROUP_READS, PRIVATE
from leadline.settings.connected.crm_kinds import CloseConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.declaration import settings_of
from leadline.settings.loading import Loaded, load
from leadline.settings.tables import TABLES
from leadline.settings.top.general import Settings, declared
from leadline.settings.top.score import TABLES_WITHIN

ROOT = Path(__file__).parents[3]
SECRET = "correct-horse-battery-staple"
WEBHOOK = "https://hooks.slack.com/services/T0/B0/zyxwvut"


class Folder:
    """A folder to start Leadline in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, *, toml: str = "", dotenv: str = "") -> "Folder":
        (self.path / "leadline.toml").write_text(toml, encoding="utf-8")
        (self.path / ".env").write_text(dotenv, encoding="utf-8")
        return self

    def load(self, environ: Mapping[str, str] = {}, **flags: object) -> Loaded:
        return load(flags, environ=environ, folder=self.path)

    def settings(self, environ: Mapping[str, str] = {}, **flags: object) -> Settings:
        return self.load(environ, **flags).settings

    def problems(self, environ: Mapping[str, str] = {}, **flags: object) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            self.load(environ, **flags)
        head, *lines = str(caught.value).splitlines()
        assert head == "the settings are wrong:"
        assert caught.value.detail == str(caught.value)
        return [line.strip() for line in lines]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def origin(loaded: Loaded, name: str) -> tuple[str, str]:
    (found,) = (o for o in loaded.origins if o.name == name)
    return found.shown, found.origin


# --- precedence -------------------------------------------------------------------------------


def test_without_anything_all_is_as_declared(folder: Folder) -> None:
    loaded = folder.load({"PATH": "/bin"})
    assert loaded.settings == Settings()
    assert loaded.settings.delay == timedelta(minutes=10)
    assert loaded.settings.max_body == 1_048_576
    assert loaded.settings.data == Path("leadline-data")
    assert [o.name for o in loaded.origins] == list(declared())
    assert {o.origin for o in loaded.origins} == {"default"}


@pytest.mark.parametrize("layers", range(1, 5))
def test_the_first_place_that_has_a_value_wins(folder: Folder, layers: int) -> None:
    folder.write(
        toml='port = 1\ndelay = "1m"' if layers >= 1 else "",
        dotenv="LEADLINE_PORT=2\nLEADLINE_DELAY=2m" if layers >= 2 else "",
    )
    environ = {"LEADLINE_DELAY": "3m"} if layers >= 3 else {}
    flags = {"delay": "4m"} if layers >= 4 else {}
    loaded = folder.load(environ, **flags)
    assert loaded.settings.delay == timedelta(minutes=layers)
    assert origin(loaded, "delay") == (
        f"{layers}m",
        ["leadline.toml line 2", ".env line 2", "environment LEADLINE_DELAY", "flag --delay"][
            layers - 1
        ],
    )
    assert loaded.settings.port == min(layers, 2)


def test_a_plain_slack_webhook_url_is_understood_and_our_own_name_wins(folder: Folder) -> None:
    plain, own = {"SLACK_WEBHOOK_URL": WEBHOOK + "1"}, {"LEADLINE_SLACK_WEBHOOK_URL": WEBHOOK + "2"}
    assert folder.settings(plain).slack_webhook_url == WEBHOOK + "1"
    assert folder.settings(plain | own).slack_webhook_url == WEBHOOK + "2"
    assert folder.settings(own | plain).slack_webhook_url == WEBHOOK + "2"
    assert origin(folder.load(plain), "slack_webhook_url")[1] == "environment SLACK_WEBHOOK_URL"
    folder.write(dotenv=f"LEADLINE_SLACK_WEBHOOK_URL={WEBHOOK}3\nSLACK_WEBHOOK_URL={WEBHOOK}4")
    assert folder.settings().slack_webhook_url == WEBHOOK + "3"


def test_flags_may_be_typed(folder: Folder) -> None:
    settings = folder.settings(data=Path("/srv/leads"), port=0, delay=timedelta(seconds=3))
    assert (settings.data, settings.port) == (Path("/srv/leads"), 0)
    assert settings.delay == timedelta(seconds=3)


def test_another_toml_file_may_be_named(folder: Folder) -> None:
    folder.write(toml="port = 1")
    other = folder.path / "other.toml"
    other.write_text("port = 2")
    assert load(environ={}, folder=folder.path, config=other).settings.port == 2
    assert folder.settings({"LEADLINE_CONFIG": "other.toml"}).port == 2
    folder.write(dotenv="LEADLINE_CONFIG=other.toml")
    assert folder.settings().port == 2
    named = folder.load({"LEADLINE_CONFIG": str(other)})
    assert origin(named, "port") == ("2", f"{other} line 1")


def test_a_named_file_that_is_not_there_is_an_error(folder: Folder) -> None:
    (line,) = folder.problems({"LEADLINE_CONFIG": "other.toml"})
    assert line == f"{folder.path / 'other.toml'}: there is no such file"


def test_the_environment_of_the_process_and_its_folder_are_the_default(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(toml="port = 1")
    monkeypatch.chdir(folder.path)
    monkeypatch.setenv("LEADLINE_WORKERS", "3")
    settings = load().settings
    assert (settings.port, settings.workers) == (1, 3)


# --- sources ----------------------------------------------------------------------------------


def test_sources_are_set_in_tables_and_in_nested_variables(folder: Folder) -> None:
    folder.write(
        toml="""
        [sources.close]
        secret = ["one two", "three,four"]
        tolerance = "1m"
        hot_score = 80
        [sources.salesforce]
        secret = "with a blank, and a comma"
        organization = ["00D1", "00D2"]
        country = "gb"
        [sources.generic.map]
        email = "/a/b"
        """
    )
    environ = {
        "LEADLINE_SOURCES__FORM__HONEYPOT": "fax",
        "LEADLINE_SOURCES__FORM__DELAY": "0",
        "LEADLINE_SOURCES__TYPEFORM__SECRET": "old, new",
        "LEADLINE_SOURCES__GENERIC__MAP__EVENT_ID": "meta.id",
    }
    assert folder.settings(environ).sources == {
        "close": SourceConfig(
            secret=("one two", "three,four"), tolerance=timedelta(minutes=1), hot_score=80
        ),
        "salesforce": SourceConfig(
            secret=("with a blank, and a comma",), organization=("00D1", "00D2"), country="GB"
        ),
        "form": SourceConfig(honeypot="fax", delay=timedelta(0)),
        "typeform": SourceConfig(secret=("old", "new")),
        "generic": SourceConfig(map={"email": "/a/b", "event_id": "meta.id"}),
    }


def test_every_setting_of_a_source_is_declared_with_its_true_default() -> None:
    config = SourceConfig()
    assert {*settings_of(SourceConfig), "map"} == set(SourceConfig.__struct_fields__)
    for name, declaration in settings_of(SourceConfig).items():
        if declaration.default:
            assert declaration.notation.read(declaration.default) == getattr(config, name), name
        else:
            assert getattr(config, name) in ((), None, ""), name


@pytest.mark.parametrize("table", ["crm.close", "channels.mail", "hours.office"])
def test_an_entry_without_a_setting_is_not_passed_over(folder: Folder, table: str) -> None:
    folder.write(toml=f"port = 1\n[{table}]\n")
    assert folder.problems() == [
        f"leadline.toml line 2: [{table}] is empty; add a setting to it, or remove it"
    ]


def test_an_entry_that_only_variables_fill_is_not_empty(folder: Folder) -> None:
    folder.write(toml="[crm.close]\n")
    settings = folder.settings({"LEADLINE_CRM__CLOSE__TOKEN": "api_key"})
    assert settings.crm["close"] == CloseConfig(token="api_key")


def test_empty_tables_say_nothing(folder: Folder) -> None:
    folder.write(toml="[sources]\n[sources.close]\n[sources.generic.map]")
    assert folder.settings().sources == {}


@pytest.mark.parametrize(
    ("toml", "environ"),
    [
        ('[sources.close]\nsecret = ""', {}),
        ("[sources.close]\nsecret = []", {}),
        ('[sources.close]\nsecret = ["one", ""]', {}),
        ("", {"LEADLINE_SOURCES__CLOSE__SECRET": ""}),
        (f'[sources.close]\nsecret = "{SECRET}"', {"LEADLINE_SOURCES__CLOSE__SECRET": " , "}),
    ],
)
def test_an_empty_secret_lets_nobody_in(
    folder: Folder, toml: str, environ: Mapping[str, str]
) -> None:
    (line,) = folder.write(toml=toml).problems(environ)
    assert "sources.close.secret must be one or several words" in line


# --- .env -------------------------------------------------------------------------------------


def test_dotenv_reads_quotes_comments_and_export_and_interpolates_nothing(folder: Folder) -> None:
    folder.write(
        dotenv="\ufeff# a comment\r\n"
        "export LEADLINE_HOST='::1'   # the loopback\r\n"
        'LEADLINE_SOURCES__GENERIC__SECRET="pa$${HOME}word"\r\n'
        "\r\n"
        "LEADLINE_PORT = 81\r\n"
        "DATABASE_URL=of-another-program\r\n"
        "NO_VALUE_OF_ANOTHER_PROGRAM\r\n"
    )
    loaded = folder.load()
    assert loaded.settings.host == "::1"
    assert loaded.settings.sources["generic"].secret == ("pa$${HOME}word",)
    assert origin(loaded, "port") == ("81", ".env line 5")


def test_broken_lines_of_dotenv_are_named(folder: Folder) -> None:
    folder.write(dotenv="LEADLINE_PORT=1\n\n'LEADLINE_HOST\nLEADLINE_DELAY\n")
    assert folder.problems() == [
        ".env line 3: this is not NAME=value",
        ".env line 4: LEADLINE_DELAY has no value; write LEADLINE_DELAY=value",
    ]


@pytest.mark.parametrize("name", [".env", "leadline.toml"])
def test_files_that_can_not_be_read_are_named(folder: Folder, name: str) -> None:
    (folder.path / name).write_bytes(b"port = \xff")
    assert folder.problems() == [f"{name}: this is not UTF-8 (byte 7)"]
    (folder.path / name).unlink()
    (folder.path / name).mkdir()
    assert folder.problems() == [f"{name}: it can't be read (Is a directory)"]


# --- wrong names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('\n\ndealy = "5s"', "leadline.toml line 3: there is no setting 'dealy'; did you mean de"),
        (
            "[alerts]\ntruoble = 'x'",
            "'alerts.truoble'; did you mean alerts.trouble? (there",
        ),
        ("[data]\nptah = 'x'", "'data.ptah'; did you mean data.path? (there are: path, group)"),
        ("[slack]\nper_second = 2", "line 2: there is no setting 'slack.per_second'; did you mean"),
        ("LEADLINE_PORT = 1", "line 1: there is no setting 'LEADLINE_PORT'; did you mean port?"),
        ("[sources.closee]", "line 1: there is no source 'closee'; did you mean sources.close?"),
        ("[sources.form]\nhoney = 'x'", "line 2: there is no setting of a source 'honey'; did"),
        ("[sources.form]\nsecret.old = 'x'", "there is no setting of a source 'secret.old'"),
        ("[sources.form.map]\nemial = 'x'", "did you mean sources.form.map.email?"),
        ("[sources.form.map]\na.b = 'x'", "there is no field of a lead 'a.b' (there are: name,"),
        ("sources = 5", "line 1: sources only holds settings, such as sources.attio.secret"),
        ("[[sources.close]]\nsecret = 'x'", "line 1: sources.close only holds settings, such as"),
        ("[sources.form]\nmap = 'x'", "line 2: sources.form.map only holds settings, such as so"),
        ("xyz = 1", "line 1: there is no setting 'xyz' (there are: data, host, port,"),
        ("[empty]", "line 1: there is no setting 'empty'"),
        ("port = 1\nport = 2", "leadline.toml line 2: Cannot overwrite a value"),
        ("port = = 2", "leadline.toml line 1: Invalid value"),
    ],
)
def test_a_wrong_name_in_toml_is_told_with_its_line_and_the_nearest_right_one(
    folder: Folder, toml: str, problem: str
) -> None:
    (line,) = folder.write(toml=toml).problems()
    assert problem in line


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("LEADLINE_DEALY", "there is no setting 'dealy'; did you mean LEADLINE_DELAY? (there"),
        ("LEADLINE_SLACK__WEBHOOK_URL", "did you mean LEADLINE_SLACK_WEBHOOK_URL?"),
        ("LEADLINE_SOURCES__CLOSE__SECRETS", "did you mean LEADLINE_SOURCES__CLOSE__SECRET?"),
        ("LEADLINE_SOURCES__CLOSE", "LEADLINE_SOURCES__CLOSE only holds settings, such as LEAD"),
        ("LEADLINE_SOURCES_CLOSE_SECRET", "there is no setting 'sources_close_secret'"),
        ("LEADLINE_", "there is no setting ''"),
    ],
)
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_wrong_variable_of_ours_is_told(
    folder: Folder, name: str, problem: str, place: str
) -> None:
    if place == ".env":
        (line,) = folder.write(dotenv=f"\n{name}=1").problems()
        assert line.startswith(".env line 2: ")
    else:
        (line,) = folder.problems({name: "1"})
        assert line.startswith(f"environment {name}: ")
    assert problem in line


def test_a_wrong_flag_is_told(folder: Folder) -> None:
    (line,) = folder.problems(slack_per_secnd=1)
    assert line.startswith("flag --slack-per-secnd: there is no setting 'slack_per_secnd'; did")
    assert "did you mean --slack-per-second?" in line


def test_all_problems_are_told_at_once_also_where_a_higher_layer_wins(folder: Folder) -> None:
    folder.write(toml='delay = 5\nport = "x"\nzzz = 1', dotenv="LEADLINE_LEASE=0")
    lines = folder.problems({"LEADLINE_WORKERS": "0", "LEADLINE_QQQ": "1"}, port=70_000, delay="1s")
    assert [line.partition(":")[0] for line in sorted(lines)] == [
        ".env line 1",
        "environment LEADLINE_QQQ",
        "environment LEADLINE_WORKERS",
        "flag --port",
        "leadline.toml line 1",
        "leadline.toml line 2",
        "leadline.toml line 3",
    ]


def test_a_byte_order_mark_in_toml_is_no_error(folder: Folder) -> None:
    assert origin(folder.write(toml="\ufeffport = 1").load(), "port") == (
        "1",
        "leadline.toml line 1",
    )


def test_lines_are_right_after_strings_and_lists_of_several_lines(folder: Folder) -> None:
    folder.write(
        toml="# one\n"
        'host = """\n[x]\nport = 3\n"""\r\n'
        "\r\n"
        "[ sources . close ]  # seven\n"
        "secret = [\n"
        '  "port = 1",\n'
        "]\n"
        "  tolerance\t= '1m'\n"
        'sources.x = "y"\n'
    )
    (line,) = folder.problems()
    assert line.startswith("leadline.toml line 12: ")
    toml = (folder.path / "leadline.toml").read_text().replace('sources.x = "y"\n', "")
    loaded = folder.write(toml=toml).load()
    assert origin(loaded, "host")[1] == "leadline.toml line 2"
    assert origin(loaded, "sources.close.secret")[1] == "leadline.toml line 8"
    assert origin(loaded, "sources.close.tolerance")[1] == "leadline.toml line 11"


# --- secrets ------------------------------------------------------------------------------------


def test_secrets_are_masked_wherever_settings_are_shown(folder: Folder) -> None:
    folder.write(toml=f'[sources.close]\nsecret = ["{SECRET}", "short", "{SECRET}"]')
    loaded = folder.load({"SLACK_WEBHOOK_URL": WEBHOOK})
    assert origin(loaded, "slack_webhook_url") == ("••••ut", "environment SLACK_WEBHOOK_URL")
    assert origin(loaded, "sources.close.secret")[0] == "••••le •••• ••••le"
    assert origin(folder.load(), "slack_webhook_url") == ("", "default")
    for shown in (repr(loaded), str(loaded.settings), repr(loaded.settings.sources)):
        assert SECRET not in shown
        assert "short" not in shown
        assert WEBHOOK not in shown


def test_errors_do_not_quote_secrets(folder: Folder) -> None:
    folder.write(
        toml=f'slack_webhook_url = "{SECRET}"\nzzz = "{SECRET}"\n'
        f"[sources.close]\nsecret = {{ a = '{SECRET}' }}",
        dotenv=f"'{SECRET}\nLEADLINE_SOURCES__NOBODY__SECRET={SECRET}",
    )
    lines = folder.problems({"SLACK_WEBHOOK_URL": SECRET})
    assert len(lines) == 6
    assert SECRET not in "\n".join(lines)
    assert "must be a URL with http:// or https://, not this value" in "\n".join(lines)


def test_a_toml_error_does_not_quote_the_line(folder: Folder) -> None:
    (line,) = folder.write(toml=f"[sources.close]\nsecret = {SECRET}").problems()
    assert line == "leadline.toml line 2: Invalid value"


# --- the rest -------------------------------------------------------------------------------------


def test_settings_are_frozen_and_travel_to_other_processes(folder: Folder) -> None:
    settings = folder.settings({"LEADLINE_SOURCES__CLOSE__SECRET": SECRET}, port=1)
    assert pickle.loads(pickle.dumps(settings)) == settings
    with pytest.raises(AttributeError):
        settings.port = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        settings.sources["close"].country = "US"  # type: ignore[misc]


def test_the_examples_load(folder: Folder) -> None:
    folder.write(
        toml=(ROOT / "leadline.example.toml").read_text(encoding="utf-8"),
        dotenv=(ROOT / ".env.example").read_text(encoding="utf-8"),
    )
    settings = folder.settings()
    assert settings.region == "US"
    assert settings.slack_webhook_url.startswith("https://hooks.slack.com/")
    assert settings.sources["close"].secret == ("6b1d9c0a4f",)
    assert settings.sources["typeform"].secret == ("first-secret", "second-secret")
    assert settings.sources["form"].delay == timedelta(0)
    assert set(settings.sources["generic"].map) == {"email", "company", "event_id"}
    shown = tomllib.loads((ROOT / "leadline.example.toml").read_text(encoding="utf-8"))
    places = {table: within for within, table in TABLES_WITHIN.items()}
    for table in TABLES:
        place = shown
        for part in places.get(table, (table,)):
            place = place.get(part, {})
        assert place, table
    settings_check.check(settings)


def test_reading_settings_imports_nothing_heavy() -> None:
    program = "import sys, leadline.settings.loading; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"pydantic", "typer", "rich", "dotenv", "importlib.metadata", "phonenumbers", "asyncio"}
    assert "leadline.settings.top.general" in done.stdout.split()
    assert heavy.isdisjoint(done.stdout.split())


def test_the_defaults_give_up_after_about_seven_hours() -> None:
    settings = Settings()
    pauses = [
        min(settings.retry_base * 2**failures, settings.retry_max) / 2  # half: the mean of jitter
        for failures in range(settings.max_attempts - 1)
    ]
    assert 6 < sum(pauses, timedelta()) / timedelta(hours=1) < 8


@pytest.mark.parametrize(
    ("toml", "environ"),
    [
        ('[alerts]\ntrouble = "slack"', {}),
        ('alerts_trouble = "slack"', {}),
        ("", {"LEADLINE_ALERTS__TROUBLE": "slack"}),
        ('[alerts]\ntrouble = "mail"', {"LEADLINE_ALERTS_TROUBLE": "slack"}),
    ],
)
def test_the_channel_for_troubles_stands_in_a_table_too(
    folder: Folder, toml: str, environ: dict[str, str]
) -> None:
    assert folder.write(toml=toml).settings(environ).alerts_trouble == "slack"


@pytest.mark.parametrize(
    ("toml", "environ", "expected"),
    [
        ('data = "a"\ndata_group = "read"', {}, ("a", "read")),
        ('[data]\npath = "a"\ngroup = "read"', {}, ("a", "read")),
        ('[data]\ngroup = "read"', {}, ("leadline-data", "read")),
        ('[data]\npath = "a"\ngroup = "read"', {"LEADLINE_DATA": "b"}, ("b", "read")),
        ('data = "a"', {"LEADLINE_DATA__GROUP": "read"}, ("a", "read")),
        ('data = "a"', {"LEADLINE_DATA_GROUP": "read"}, ("a", "read")),
        ("", {}, ("leadline-data", "none")),
    ],
)
def test_the_data_folder_and_its_group_may_stand_in_a_table(
    folder: Folder, toml: str, environ: dict[str, str], expected: tuple[str, str]
) -> None:
    settings = folder.write(toml=toml).settings(environ)
    assert (str(settings.data), settings.data_group) == expected
    assert settings.rights == (GROUP_READS if expected[1] == "read" else PRIVATE)


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('[data]\ngruop = "read"', "line 2: there is no setting 'data.gruop'"),
        ('[data]\ngroup = "write"', "line 2: data_group must be one of none, read"),
        ("[data]", "line 1: data must be a folder"),
    ],
)
def test_what_is_wrong_in_the_table_of_the_data_folder_is_told_with_its_line(
    folder: Folder, toml: str, problem: str
) -> None:
    (line,) = folder.write(toml=toml).problems()
    assert problem in line
