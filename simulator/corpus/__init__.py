"""Many seeded payloads at once: planned in blocks, written as fast as the machine can, the same wherever it is done."""
