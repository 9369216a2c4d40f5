"""The helpline's figures and its annual report: counted from the cases, published without anybody in them."""
