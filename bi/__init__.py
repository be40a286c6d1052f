"""Tools that look at the marts as a stranger does."""
