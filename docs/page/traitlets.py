"""The one name of traitlets that the course uses where no kernel is."""


class TraitError(ValueError):
    """A trait cannot take the value."""
