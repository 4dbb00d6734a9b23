"""An estimate of what an installation on AWS costs."""
