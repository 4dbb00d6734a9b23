"""New code gets a share of the calls first, is watched, and goes on or back."""
