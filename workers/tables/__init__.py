"""Read-only tables behind `lookups`: each is built once and replaced whole when its file changes."""
