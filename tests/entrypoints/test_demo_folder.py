"""The folder of a demo: each has its own, and deletes nothing that no demo wrote."""

import threading
from pathlib import Path

import pytest

from leadline.entrypoints.demo.folder import demo_folder
from leadline.model.errors import ConfigurationError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_second_demo_leaves_the_first_alone() -> None:
    with demo_folder() as first:
        (first / "leadline.db").write_text("of the first")
        with demo_folder() as second, demo_folder() as third:
            assert len({first, second, third}) == 3
        assert (first / "leadline.db").read_text() == "of the first"
        with demo_folder() as again:
            assert again == second


def test_the_next_demo_deletes_what_the_last_one_left() -> None:
    with demo_folder() as folder:
        (folder / "leadline.db").touch()
        (folder / "crm").mkdir()
        (folder / "crm/1.json").touch()
        (folder / "link").symlink_to("/")
    with demo_folder() as again:
        assert again == folder
        assert [path.name for path in again.iterdir()] == ["demo.lock"]


def test_a_folder_with_other_data_is_never_emptied(here: Path) -> None:
    for name in ("demo-data", "mine"):
        (here / name).mkdir()
        (here / name / "leadline.db").write_text("real leads")
    with demo_folder() as folder:
        assert folder.name == "demo-data-2"
    with (
        pytest.raises(ConfigurationError, match="not the folder of a demo"),
        demo_folder(Path("mine")),
    ):
        raise AssertionError
    assert {path.read_text() for path in here.glob("*/leadline.db")} == {"real leads"}


def test_a_named_folder_may_be_new_or_empty_but_not_in_use(here: Path) -> None:
    (here / "empty").mkdir()
    for name in ("new", "empty"):
        with demo_folder(Path(name)) as folder:
            with (
                pytest.raises(ConfigurationError, match="another demo runs"),
                demo_folder(folder),
            ):
                raise AssertionError
            assert (here / name).is_dir()


def test_of_demos_that_begin_at_once_each_has_a_folder() -> None:
    barrier, end = threading.Barrier(8), threading.Event()
    taken: list[Path] = []

    def demo() -> None:
        barrier.wait()
        with demo_folder() as folder:
            taken.append(folder)
            end.wait(30)

    threads = [threading.Thread(target=demo) for _ in range(8)]
    for thread in threads:
        thread.start()
    while len(taken) < 8 and any(thread.is_alive() for thread in threads):
        threading.Event().wait(0.01)
    end.set()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == 8
