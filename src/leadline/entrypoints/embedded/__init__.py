"""The processes of an installation on one machine."""
