"""The gate: the rule catalogue, its predicates in SQL, and the decision on each submission."""
