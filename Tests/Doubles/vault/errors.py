"""How a Vault says no."""


class Refusal(Exception):
    """An error envelope. `wrapped` is the second shape of the same text that Vault has."""

    def __init__(self, status, *texts, wrapped=False, headers=()):
        self.status, self.headers = status, list(headers)
        self.texts = [f"1 error occurred:\n\t* {text}\n\n" for text in texts] if wrapped else list(texts)
