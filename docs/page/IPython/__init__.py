"""A page shows what a check says by itself."""
