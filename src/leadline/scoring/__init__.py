"""What a lead is worth, by points for conditions and by a model that was trained on one's own
leads: pure functions that need the standard library alone. `leadline.operations.training` trains
such models."""
