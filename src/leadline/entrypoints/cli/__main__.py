"""`python -m leadline.entrypoints.cli` is `leadline`."""

from leadline.entrypoints.cli import main

main()
