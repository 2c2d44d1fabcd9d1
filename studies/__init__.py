"""."""

if __name__ != "ontogeny.studies":
    raise ImportError("import ontogeny.studies; the folder is not a package of its own")
