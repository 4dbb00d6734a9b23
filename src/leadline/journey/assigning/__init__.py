"""Who is given a lead: the turn at refinement, what later changes mean for teams, and queues.

`first_turn` decides with the refinement, `changing` keeps rosters in step with every later change,
`handing_out` gives out what waits, `handing_on` gives leads to others. `documents` reads and writes
what is remembered, `past_leads` finds earlier leads of the person.
"""
