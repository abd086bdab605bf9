"""The document: what a design is, how it changes, what is wrong with it, how it is kept in a file."""
