"""The vendors' APIs. A module here that holds a subclass of ``VendorApi`` is served; nothing else lists it."""
