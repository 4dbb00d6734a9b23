"""The data file and its folder: connection, locks, log and repair."""
