"""Keeping a warehouse over the years: history filled in, what is old removed by policy, all of it backed up."""
