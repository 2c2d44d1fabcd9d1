"""Lives beside recordings and published measurements."""
