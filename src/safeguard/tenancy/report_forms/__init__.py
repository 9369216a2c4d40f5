"""Which questions a report asks: those of the kind of organisation, with what the organisation made of them."""
