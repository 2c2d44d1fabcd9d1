"""The benchmark: Ontogeny beside its peers, case by case."""
