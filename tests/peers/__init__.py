"""Servers on the loopback address that sources are pulled from: real peers that can be told to misbehave."""
