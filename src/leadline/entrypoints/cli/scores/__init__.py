"""What leads are worth, and the models that say so."""
