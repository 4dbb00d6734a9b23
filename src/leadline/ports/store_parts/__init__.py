"""The protocols of parts of a store, each for one purpose."""
