"""The Lambdas behind the state machines and schedules."""
