"""Closing months, restating closed ones, and reviews: what comes into force only when people have said so."""
