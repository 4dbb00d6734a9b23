"""Makes source.tar.xz of this folder: of commit 173241e, what its stacks run from and what deploys
them.

    git worktree add ../old 173241e
    PYTHONPATH=../old/src python PATH/TO/make_data.py PATH/TO/THIS/FOLDER

It runs with no later version: modules have other names since.
"""

# mypy: ignore-errors

import io
import lzma
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

from leadline.cloud.modules import own_modules

FUNCTIONS = ("capture", "refine", "deliver", "sweep")
DEPLOYING = ("leadline.cloud.deploying", "leadline.infra")
DATA = ("leadline/infra/template.yaml",)


def sources():
    """The files by their path beside each other."""
    entries = [f"leadline.entrypoints.aws.{name}" for name in FUNCTIONS]
    found = dict(own_modules([*entries, *DEPLOYING]))
    root = Path(str(files("leadline"))).parent
    return found | {path: (root / path).read_bytes() for path in DATA}


def packed(found):
    """A tar without times or owners, so that the same files are the same bytes."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        for path in sorted(found):
            entry = tarfile.TarInfo(path)
            entry.size = len(found[path])
            tar.addfile(entry, io.BytesIO(found[path]))
    return lzma.compress(sink.getvalue(), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    (Path(sys.argv[1]) / "source.tar.xz").write_bytes(packed(sources()))
