"""The outbox under everything that can go wrong at once: what a phone in the rain meets in a year, in a minute."""
