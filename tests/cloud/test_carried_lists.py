"""Lists of conditions, from files beside the settings to the functions of a stack."""

import pickle
import platform
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from leadline.cloud import change_sets, deploying
from leadline.cloud.change_sets import Proposal, ResourceChange
from leadline.cloud.code_bucket import ensure_code_bucket, upload
from leadline.cloud.connecting import ConnectedStack
from leadline.cloud.deploying import DeploymentPlan, DeploymentRequest, roll_out
from leadline.cloud.packages import carried as carrying
from leadline.cloud.packages.carried import LISTS, carried_before, carried_files, refuse_lost
from leadline.cloud.packages.packaging import Package, work_package
from leadline.cloud.packages.wheels import Target
from leadline.cloud.remote_settings import put_settings, read_settings, stored_settings
from leadline.cloud.session import Cloud, CloudError, connect
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.settings.conditions.carried_lists import LateLists, carried_here
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.team.matching.rules import Rules
from tests.worlds.scores import small_model

REGION = "eu-west-1"
USABLE = partial(settings_check.check, elsewhere=True)

RULES = """
[rules.banks]
when = ["email domain in banks.csv:domain", "company not in banks.csv:name"]
team = "desk"
[teams.desk]
people = ["ann"]
[people.ann]
email = "ann@example.com"
"""
BANKS = "name,domain\nBank of Ann,ann.example.com\nBen,example.org\n"

CARRIED_BY_AN_EARLIER_VERSION = """
# The lists that conditions name, as they were in files when this was deployed.
[lists]
"banks.csv:domain" = "eNpLzMvTS61IzC3ISdVLzs/lgrHzi9IBjoIKMQ=="
"banks.csv:name" = "eNpLSszLVshPU0jMy+NKSs0DACnoBS4="
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The path of settings whose rule names a list."""
    path = tmp_path / "leadline.toml"
    path.write_text(RULES)
    (tmp_path / "banks.csv").write_text(BANKS)
    return path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the package in which this process looks for lists."""
    folder = tmp_path / "package"
    monkeypatch.setattr(
        "leadline.settings.conditions.carried_lists.CARRIED", folder / LISTS.rstrip("/")
    )
    return folder


@pytest.fixture
def cloud(moto: str, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = connect(REGION)
    ensure_code_bucket(made)
    return made


def unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Unpack a zip of these files, as Lambda does."""
    zipped = Package("work", files, None, "digest").zipped()
    with zipfile.ZipFile(BytesIO(zipped)) as archive:
        archive.extractall(folder)


def as_a_function_reads(text: str) -> Settings:
    return load(environ={}, document=(text, "the stack's settings"), lists=carried_here).settings


def lists_of(settings: Settings) -> dict[str, frozenset[str]]:
    return dict(settings.rules["banks"].lists)


# --- deploying ----------------------------------------------------------------------------------


def test_lists_are_carried_beside_the_settings_not_in_them(settings: Path, package: Path) -> None:
    text = read_settings(settings, USABLE)
    assert text == RULES
    unpack(carried_files(settings), package)
    assert lists_of(as_a_function_reads(text)) == {
        "banks.csv:domain": {"ann.example.com", "example.org"},
        "banks.csv:name": {"bank of ann", "ben"},
    }
    assert as_a_function_reads(text) == load(environ={}, config=settings).settings


def test_a_function_reads_a_list_of_a_hundred_thousand_lines(settings: Path, package: Path) -> None:
    lines = [f"Firm {n},firm-{n}.example\n" for n in range(99_999)]
    settings.with_name("banks.csv").write_text("".join(("name,domain\n", *lines)))
    files = carried_files(settings)
    unpack(files, package)
    text = read_settings(settings, USABLE)
    assert text == RULES, "so that it fits into a free parameter"
    found = lists_of(as_a_function_reads(text))
    assert len(found["banks.csv:domain"]) == len(found["banks.csv:name"]) == 99_999
    assert "firm-99998.example" in found["banks.csv:domain"]


def test_a_name_that_no_file_can_have_is_carried(settings: Path, package: Path) -> None:
    folder = settings.with_name("Käufer & Co")
    folder.mkdir()
    (folder / "a b.csv").write_text('"Firma / ""Name"""\nÉcole Example\n')
    text = RULES.replace('"email', '\'company in Käufer & Co/a b.csv:Firma / "Name"\', "email')
    settings.write_text(text)
    unpack(carried_files(settings), package)
    found = lists_of(as_a_function_reads(read_settings(settings, USABLE)))
    assert found['Käufer & Co/a b.csv:Firma / "Name"'] == {"école example"}


def test_lists_that_are_too_large_together_are_refused_with_their_size(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "MOST_MEMORY", 4_000_000)
    rows = "".join(f"firm {n:05},{n:05}.example\n" for n in range(20_000))
    settings.with_name("banks.csv").write_text("name,domain\n" + rows)
    with pytest.raises(ConfigurationError, match=r"take up 6 MB of memory .*; 4 are the most"):
        carried_files(settings)


@pytest.mark.skipif(sys.platform != "linux", reason="what is installed here runs on no function")
def test_a_changed_list_is_a_changed_package_of_the_work(settings: Path, tmp_path: Path) -> None:
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    here = Target(f"{sys.version_info.major}.{sys.version_info.minor}", machine)
    first = work_package(here, carried_files(settings))
    settings.with_name("banks.csv").write_text(BANKS.replace("\n", "\r\n") + "\n")
    assert work_package(here, carried_files(settings)).key == first.key, "it says the same"
    settings.with_name("banks.csv").write_text(BANKS + "Eve,eve.example.com\n")
    second = work_package(here, carried_files(settings))
    assert second.key != first.key
    assert work_package(here).key not in (first.key, second.key)
    unpack(second.files, tmp_path / "function")
    code = (
        "from leadline.settings.conditions.carried_lists import carried_here\n"
        "print(*sorted(carried_here('banks.csv:domain')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys\nsys.path.insert(0, sys.argv[1])\n{code}",
         str(tmp_path / "function")], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["ann.example.com", "eve.example.com", "example.org"]


def test_settings_that_stay_keep_their_lists(cloud: Cloud, settings: Path) -> None:
    files = carried_files(settings)
    before = Package("work", {**files, "a.py": b""}, None, "with lists")
    upload(cloud, before)
    assert carried_before(cloud, before.key) == files


def test_settings_that_stay_are_not_deployed_without_their_lists(cloud: Cloud) -> None:
    for text in (RULES, '[duplicates]\nweights = "banks.csv:domain"\n'):
        put_settings(cloud, "ssm:/lost/settings", text)
        with pytest.raises(CloudError, match=r"name banks.csv:domain.* deploy with --settings"):
            refuse_lost(stored_settings(cloud, "ssm:/lost/settings"))
    put_settings(cloud, "ssm:/lost/settings", RULES + CARRIED_BY_AN_EARLIER_VERSION)
    refuse_lost(stored_settings(cloud, "ssm:/lost/settings"))
    assert stored_settings(cloud, "ssm:/none/settings") == ""
    secret = cloud.client("secretsmanager").create_secret(Name="lost", SecretString=RULES)["ARN"]
    assert stored_settings(cloud, f"secretsmanager:{secret}") == RULES


def test_settings_that_stay_keep_the_models_of_arms_or_say_that_they_are_lost(
    cloud: Cloud, settings: Path
) -> None:
    model = settings.with_name("spring.json")
    model.write_bytes(small_model())
    settings.write_text(
        "[score.points.x]\nwhen = 'name is not empty'\npoints = 5\n"
        "[experiments.spring]\nchange = 'model'\narms = { usual = 1, spring = 1 }\n"
        f"values = {{ spring = '{model.as_posix()}' }}\n"
    )
    files = carried_files(settings)
    assert list(files.values()) == [small_model()]
    before = Package("work", {**files, "a.py": b""}, None, "with the model of an arm")
    upload(cloud, before)
    assert carried_before(cloud, before.key) == files
    put_settings(cloud, "ssm:/spring/settings", settings.read_text())
    with pytest.raises(CloudError, match=r"spring\.json, which the last deployment carried"):
        refuse_lost(stored_settings(cloud, "ssm:/spring/settings"))


def test_the_packages_of_a_stack_whose_last_one_is_gone_are_not_made_without_lists(
    cloud: Cloud,
) -> None:
    put_settings(cloud, "ssm:/gone/settings", RULES)
    order = DeploymentRequest("gone")
    with pytest.raises(CloudError, match="a package that is gone from the code bucket"):
        deploying._carried(cloud, order, "0.1.0/work-gone.zip", "ssm:/gone/settings")
    assert deploying._carried(cloud, order, "", "ssm:/gone/settings") == {}, "a new stack"


@pytest.mark.parametrize(
    ("carried", "made_stack", "order"),
    [
        ({"a": b""}, False, ["package", "settings"]),
        ({"a": b""}, True, ["settings", "package"]),
        ({}, False, ["settings", "package"]),
    ],
)
def test_functions_have_the_lists_before_settings_name_them(
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    carried: dict[str, bytes],
    made_stack: bool,
    order: list[str],
) -> None:
    done: list[str] = []

    def put(*_: object) -> str:
        done.append("settings")
        return ""

    def execute(*_: object) -> dict[str, Any]:
        done.append("package")
        return {}

    monkeypatch.setattr(deploying, "put_settings", put)
    monkeypatch.setattr(change_sets, "execute", execute)
    change = ResourceChange("Modify", "Refine", "AWS::Lambda::Function", "False")
    plan = DeploymentPlan(
        DeploymentRequest("leads", settings=RULES, carried=carried),
        Proposal("leads", "c", made_stack, [change]), "ssm:/leads/settings", "", (), {},
    )  # fmt: skip
    roll_out(cloud, plan, lambda _: None)
    assert done == order


# --- settings of earlier versions ---------------------------------------------------------------


def test_lists_in_the_text_of_settings_are_read_as_earlier_versions_wrote_them(
    settings: Path,
) -> None:
    text = RULES + CARRIED_BY_AN_EARLIER_VERSION
    for lists in (None, carried_here):  # this package carries none
        read = load(environ={}, document=(text, "the stack's settings"), lists=lists).settings
        assert read == load(environ={}, config=settings).settings


def test_settings_that_do_not_carry_their_lists_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"do not carry banks.csv:domain; deploy them"):
        load(environ={}, document=(RULES, "the stack's settings"))
    damaged = RULES + '[lists]\n"banks.csv:domain" = "eJw"\n"banks.csv:name" = "no"\n'
    with pytest.raises(ConfigurationError, match=r"banks.csv:domain is damaged"):
        load(environ={}, document=(damaged, "the stack's settings"), lists=carried_here)


# --- commands on a stack ------------------------------------------------------------------------


@contextmanager
def connected(cloud: Cloud, package: str) -> Iterator[ConnectedStack]:
    """A stack whose functions have this package."""
    outputs = {"SettingsReference": "ssm:/told/settings"}
    stack = ConnectedStack("told", cloud, outputs, {"WorkCode": package})
    with closing(stack.caller):
        yield stack


def test_a_command_fetches_the_lists_of_a_stack_when_it_looks_at_rules(
    cloud: Cloud, settings: Path
) -> None:
    put_settings(cloud, "ssm:/told/settings", RULES)
    package = Package("work", {**carried_files(settings), "a.py": b""}, None, "told")
    with connected(cloud, package.key) as stack:
        rules = stack.settings.rules  # before the package is there
        assert isinstance(rules["banks"].lists, LateLists)
        upload(cloud, package)
        assert rules["banks"].lists["banks.csv:name"] == {"bank of ann", "ben"}
        elsewhere = pickle.loads(pickle.dumps(rules))
        assert type(elsewhere["banks"].lists) is dict
        assert elsewhere == rules == load(environ={}, config=settings).settings.rules


def test_a_command_that_looks_at_rules_says_which_list_a_stack_lacks(cloud: Cloud) -> None:
    put_settings(cloud, "ssm:/told/settings", RULES)
    with connected(cloud, "0.1.0/work-gone.zip") as stack:
        rules = stack.settings.rules
        with pytest.raises(ConfigurationError, match=r"does not carry banks\.csv:domain"):
            Rules.compile(rules)
