"""The protocols of what the dashboard keeps."""
