"""The ports on AWS: one module for each table, bucket, machine or mail service."""
