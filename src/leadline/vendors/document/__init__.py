"""A CRM that is read and written as JSON documents."""
