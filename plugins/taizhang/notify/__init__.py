"""Telling people: who gets which notices, what the digest says, by which channel it goes, and what became of it."""
