"""From a delivery to captured leads."""
