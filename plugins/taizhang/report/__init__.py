"""Reports on the quality of what was submitted: HTML that works without network, PDF, and a page of contents."""
