"""Web-to-Lead forms of Salesforce."""
