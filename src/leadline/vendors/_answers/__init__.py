"""Reads answers to the questions of forms, in the shapes that form builders send."""
