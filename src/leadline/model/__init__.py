"""The shared values: leads, people, tasks, keys, errors. They depend on nothing else."""
