"""The zips of the functions, and the folder with all that a deployment needs."""
