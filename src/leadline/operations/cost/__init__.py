"""What an installation on AWS costs."""
