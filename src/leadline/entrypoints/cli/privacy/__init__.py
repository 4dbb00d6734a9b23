"""The rights of the people whom leads are about."""
