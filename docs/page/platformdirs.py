"""A page has no folders of its user's."""


def user_data_dir(*args, **options):
    return "/tmp"
