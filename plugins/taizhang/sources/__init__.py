"""Sources: where submissions come from."""
