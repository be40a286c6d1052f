"""Feedback: what a submitter gets back, the own workbook with marks, comments and a list of the findings."""
