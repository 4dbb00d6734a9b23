"""Where alerts go: a folder for each kind of channel."""
