"""Reading: from a workbook as a county sends it to typed tables with the address of every cell."""
