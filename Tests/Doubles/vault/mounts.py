"""The error of a path that lies under no mount."""


class MissingMount(Exception):
    pass
