"""What a check would display in a notebook."""


def display(shown):
    """Nothing: the page shows the outcome."""
