"""`python -m leadline.entrypoints.cli` is `leadline`."""

from leadline.entrypoints.cli._app import main

main()
