"""The demo: a whole pipeline on this machine, which reaches nobody."""
