"""Benchmark runs: suites of generated instances, our engines and what else one could pick, side by side."""
