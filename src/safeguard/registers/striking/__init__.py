"""What was recorded in a register by mistake is struck out, with a reason, and recorded anew."""
