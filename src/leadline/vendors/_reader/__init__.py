"""Reads a lead from the JSON of any sender, by common names, labels and looks."""
