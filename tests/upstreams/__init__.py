"""Imitations of the engines' servers, over real sockets, with faults."""
