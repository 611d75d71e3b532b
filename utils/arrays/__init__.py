"""The cells and the trained networks in NumPy alone, equal to torch's: they run wherever NumPy does."""
