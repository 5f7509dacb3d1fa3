"""The ports in memory: they pass the same contract tests as the adapters."""
