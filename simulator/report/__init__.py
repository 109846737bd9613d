"""What a person or a program reads about a run, made from the journal's entries alone."""
