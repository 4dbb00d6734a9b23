"""The settings that an installation has once."""
