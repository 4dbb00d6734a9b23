"""The doors of AWS: one handler a function, each thin."""
