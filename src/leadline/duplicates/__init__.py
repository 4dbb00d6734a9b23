"""Finds out whether two leads are about one person: pure functions over frozen values.

The order of the work: `traits` takes from a refined lead what is compared, `keys` makes the keys
under which candidates are found, `comparing` tells how alike two leads are field by field,
`weights` says what each comparison is worth, `deciding` puts a lead into a cluster or up for
review, and `merging` says which earlier values fill its blanks.
"""
