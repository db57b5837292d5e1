"""How the double says no."""


class Refused(Exception):
    """An answer with `errors`."""

    def __init__(self, status, *errors):
        self.status, self.errors = status, list(errors)


class Answer(Exception):
    """An answer with the success envelope and another status than 200."""

    def __init__(self, status, data, warnings=None):
        self.status, self.data, self.warnings = status, data, warnings


def wrapped(text):
    return f"1 error occurred:\n\t* {text}\n\n"
