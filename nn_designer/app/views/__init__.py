"""What is drawn while a network learns: curves, and one view for each sort of data."""
