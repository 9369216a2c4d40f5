"""The public web form: for professionals without an account, and a word afterwards on whether it helped."""
