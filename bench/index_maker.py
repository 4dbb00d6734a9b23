"""`python -m bench.index_maker FOLDER`: takes leads in the index of a data folder as they come, as
a worker does, until SIGTERM."""

import sys
import time
from contextlib import closing
from pathlib import Path

from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore


def main() -> None:
    with closing(SqliteStore(Path(sys.argv[1]))) as store, closing(IndexMaker(store)) as maker:
        while True:
            time.sleep(maker.once())


if __name__ == "__main__":
    main()
