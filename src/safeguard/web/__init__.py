"""How pages and the JSON API are served: requests in, one unit of work, bytes out; what every room above shares."""
