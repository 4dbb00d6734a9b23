"""Forms of web pages."""
