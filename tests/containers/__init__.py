"""The containers, really run; `make compose-check`, no part of `make test`."""
