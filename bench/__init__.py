"""The figures that we claim, measured beside this machine's own baselines in the same run: `make bench`."""
