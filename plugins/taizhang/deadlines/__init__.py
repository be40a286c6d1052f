"""When units have to file, who is late as of a day, what is overdue, and who has to be told of it."""
