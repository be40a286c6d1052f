"""Who may read what: the readers' views, the roles that may read them, and the regions that a login is bound to."""
