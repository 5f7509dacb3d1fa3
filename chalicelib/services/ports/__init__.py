"""What the use cases need from the world outside, as protocols that `chalicelib.aws` and the tests' fakes fulfil."""
