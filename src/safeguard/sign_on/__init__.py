"""Sign-on: people come in with the account that they have at their organisation's own provider."""
