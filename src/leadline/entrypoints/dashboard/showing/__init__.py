"""How a page becomes HTML, CSV or JSON."""
