"""The service's front door: what there is, as JSON."""
