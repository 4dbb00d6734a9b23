"""The values that everybody speaks: leads, people, tasks, keys, errors."""
