"""Lives and activity in the formats of other packages."""
