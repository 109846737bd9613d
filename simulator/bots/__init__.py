"""The small bots of `demo`: ordinary programs that know nothing of the simulator, to be copied as a start."""
