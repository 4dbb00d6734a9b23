"""The index of the embedded store, in a file of its own: `index.db`."""
