"""The site that people use in a browser, and the index that programs get at the same address."""
