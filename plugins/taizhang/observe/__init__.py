"""What can be seen of the program from outside: metrics, logs and lineage."""
