"""Evidence for auditors: where a figure comes from, and that nothing was changed after the fact."""
