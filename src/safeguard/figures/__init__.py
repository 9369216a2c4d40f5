"""Which figures may be shown to whom: the rules that every room that counts people keeps."""
