"""What the installation page names works with the defaults of this version."""

import configparser
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline import __version__
from leadline.entrypoints.cli import app
from leadline.settings.notation.notations import SIZE
from leadline.settings.top.general import Settings, declared
from leadline.stores.key_file import key_path

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "examples" / "service"
PAGE = (ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
LINES = [
    line
    for line in (ROOT / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]
ADDRESS = f"127.0.0.1:{Settings().port}"


def lines(word: str) -> list[str]:
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(word + " ")]


def test_no_page_and_no_message_names_a_package_that_is_not_published() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.py")]
    wrong = re.compile(r"(pip|pipx) install (--upgrade )?['\"]?leadline(\[|==|['\"\s]|$)")
    named = [p.relative_to(ROOT) for p in pages if wrong.search(p.read_text(encoding="utf-8"))]
    assert named == []


def test_the_extras_and_files_that_the_page_names_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"\[([a-z,]+)\]'", PAGE + "\n".join(lines("RUN")))
    assert named
    assert {n for each in named for n in each.split(",")} <= set(project["optional-dependencies"])
    assert f"leadline-{__version__}-py3-none-any.whl" in PAGE


def test_the_image_holds_the_source_and_runs_as_a_user_without_rights() -> None:
    stages = [i for i, line in enumerate(LINES) if line.startswith("FROM ")]
    assert len(stages) == 2
    last = LINES[stages[1] :]
    user = next(i for i, line in enumerate(last) if line.startswith("USER "))
    assert last[user] == "USER leadline"
    assert not any(line.startswith("RUN ") for line in last[user:])
    kept = (ROOT / ".containerignore").read_text().splitlines()
    for words in lines("COPY"):
        if not words.startswith("--from"):
            for name in words.split()[:-1]:
                assert (ROOT / name).exists()
                assert f"!{name}" in kept


def test_the_image_is_configured_by_settings_that_exist_and_probed_where_it_listens() -> None:
    said = dict(word.split("=", 1) for line in lines("ENV") for word in shlex.split(line))
    names = {n.removeprefix("LEADLINE_").lower() for n in said if n.startswith("LEADLINE_")}
    assert names <= set(declared())
    assert lines("EXPOSE") == [said["LEADLINE_PORT"]] == [str(Settings().port)]
    assert lines("VOLUME") == [said["LEADLINE_DATA"]] == lines("WORKDIR")[-1:]
    assert f"http://{ADDRESS}/livez" in lines("HEALTHCHECK")[0]
    assert lines("ENTRYPOINT") + lines("CMD") == ['["leadline"]', '["serve"]']


def test_the_unit_starts_a_command_that_exists_and_may_write_its_data_and_key_only() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(SERVICE / "leadline.service")
    service = unit["Service"]
    program, command = service["ExecStart"].split()
    assert program == f"{service['WorkingDirectory']}/.venv/bin/leadline"
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
    data, keys = (Path("/var/lib", name) for name in service["StateDirectory"].split())
    assert service["Environment"] == f"LEADLINE_DATA={data}"
    assert keys == key_path(data).parent
    assert (service["UMask"], service["StateDirectoryMode"]) == ("0077", "0700")


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_passes_on_to_the_port_and_takes_bodies_of_the_same_size(name: str) -> None:
    text = (SERVICE / name).read_text()
    assert ADDRESS in text
    size = re.search(r"(?:max_size|client_max_body_size) (\w+)", text)
    assert size is not None
    assert SIZE.read(size[1].replace("1m", "1MiB")) == Settings().max_body
    assert "webhook" in text
    assert "metrics" not in text


@pytest.mark.parametrize(
    ("language", "name"), [("caddyfile", "Caddyfile"), ("nginx", "nginx.conf")]
)
def test_the_page_shows_the_lines_of_the_files(language: str, name: str) -> None:
    (shown,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    file = {line.strip() for line in (SERVICE / name).read_text().splitlines()}
    assert {line.strip() for line in shown.splitlines()} <= file
