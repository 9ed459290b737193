"""The Benchmarks panel of the Bias tab."""
