"""Whether everything works: health, and the last attempts."""
