"""Measurements of the program against other ways to the same result; none of it is needed to run it."""
