"""Alerts by e-mail: over SMTP, or by Amazon SES."""
