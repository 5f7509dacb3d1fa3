"""Values and rules. No input or output, no AWS, no HTTP."""
