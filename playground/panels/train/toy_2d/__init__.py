"""The panel Train > Arena: models of points in the plane."""
