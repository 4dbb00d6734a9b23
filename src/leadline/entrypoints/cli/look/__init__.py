"""Looking at leads, and at the state of an installation."""
