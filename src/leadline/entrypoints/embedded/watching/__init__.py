"""What runs beside the work: metrics, health, troubles and upkeep."""
