"""The Timeslot data API: accounts, groups, slots, their export and import."""
