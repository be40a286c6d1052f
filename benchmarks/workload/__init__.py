"""What is measured on: counties, their figures of any month, their workbooks, their history in `raw`.

Everything follows from the unit, the month and the numbers of a scale: the same on every machine, in any order, in any
number of processes.
"""
