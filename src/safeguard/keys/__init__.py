"""The key hierarchy: files of keys, a master that wraps organisations' keys, which wrap the keys of objects."""
