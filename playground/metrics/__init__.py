"""Metrics of generated samples: pure functions of arrays, each with its interval and its source."""
