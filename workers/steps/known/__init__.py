"""Known services: names and their hosts, from public knowledge. Each host stands for everything below it too."""
