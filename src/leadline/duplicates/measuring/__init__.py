"""Fitting the weights, and measuring how well duplicates are found."""
